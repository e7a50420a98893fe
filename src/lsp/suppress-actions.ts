import { type CodeAction, CodeActionKind, type Diagnostic } from 'vscode-languageserver';
import { linesOf } from '../core/lib/lines.ts';
import { RuleCatalogue } from '../core/validate/catalogue.ts';
import { takesComment } from '../core/validate/suppress/comments.ts';
import { suppressionText } from '../core/validate/suppress/problems.ts';
import type { OpenFile } from './session/session.ts';
import { missingChart } from './to-diagnostic.ts';

/** About leaving out itself, and about settings: nothing to leave out. */
const notSuppressible = new Set([
  ...['driftline-config', 'bad-suppression', 'unused-suppression', missingChart],
]);
const catalogue = new RuleCatalogue();

/**
 * `Ignore unknown-field here` and `… in this file`: a comment above the line, or at the top. It has a place for the
 * reason, and stays a warning until that is written.
 */
export function suppressActions(open: OpenFile, diagnostic: Diagnostic): CodeAction[] {
  const { code, source } = diagnostic;
  if (source !== 'driftline' || typeof code !== 'string' || notSuppressible.has(code)) return [];
  // What has no page is no finding: drift is ignored by rules of its own.
  const file = open.live.workspace().index.file(open.file);
  const isYaml = /\.(ya?ml|tpl)$/.test(open.file) || /(^|\/)Kustomization$/.test(open.file);
  if (catalogue.page(code) === undefined || !file || !isYaml) return [];
  const isTemplate = file.role === 'chart-template';
  const { line } = diagnostic.range.start;
  const lines = linesOf(open.document.getText());
  const here = {
    title: `Ignore ${code} here`,
    line,
    text: (/^\s*/.exec(lines[line] ?? '')?.[0] ?? '') + suppressionText(code, 'line', isTemplate),
  };
  const inFile = {
    title: `Ignore ${code} in this file`,
    line: 0,
    text: suppressionText(code, 'file', isTemplate),
  };
  const isText = file.text !== open.document.getText() || !takesComment(file, line + 1);
  return [...(isText ? [] : [here]), inFile].map(({ title, line, text }) => {
    const at = { line, character: 0 };
    const newText = text + (open.document.getText().includes('\r\n') ? '\r\n' : '\n');
    return {
      title,
      kind: CodeActionKind.QuickFix,
      diagnostics: [diagnostic],
      edit: { changes: { [open.document.uri]: [{ range: { start: at, end: at }, newText }] } },
    };
  });
}
