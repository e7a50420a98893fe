import { UserError } from '../../core/lib/errors.ts';
import { nearestName } from '../../core/schemas/nearest.ts';
import { RuleCatalogue, type RulePage } from '../../core/validate/catalogue.ts';
import type { Invocation } from '../arguments.ts';
import { exitCodes } from '../exit-codes.ts';
import { write } from '../report/json.ts';
import { rulesText, ruleText } from '../report/rules-text.ts';
import { deliver, type Terminal, textOptions } from '../terminal.ts';

type RulesArguments = Extract<Invocation, { command: 'rules' }>;

/** `driftline rules [ID]`: what is written about the rules; needs no repository. */
export async function rules(invocation: RulesArguments, terminal: Terminal): Promise<number> {
  const catalogue = new RuleCatalogue();
  const { rule, format } = invocation;
  const options = textOptions(invocation, terminal);
  const ids = rule === undefined ? catalogue.ids() : [rule];
  const pages = ids.flatMap(id => catalogue.page(id) ?? []);
  const [only] = pages;
  if (only === undefined) throw new UserError(noRule(rule ?? '', catalogue));
  const forEyes = () => (rule === undefined ? rulesText(pages, options) : ruleText(only, options));
  const text = format === 'json' ? rulesJson(pages) : forEyes();
  await deliver(text, invocation, terminal);
  return exitCodes.clean;
}

function rulesJson(pages: readonly RulePage[]): string {
  const rules = pages.map(({ id, title, level, text }) => ({ id, title, level, text }));
  return write({ version: 1, command: 'rules', rules });
}

function noRule(rule: string, catalogue: RuleCatalogue): string {
  const near = nearestName(rule, [...catalogue.ids()]);
  const hint = near === undefined ? '`driftline rules` lists them.' : `Did you mean ${near}?`;
  return `There is no rule ${JSON.stringify(rule)}. ${hint}`;
}
