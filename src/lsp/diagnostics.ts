import type { Diagnostic } from 'vscode-languageserver';
import { newOnes } from '../core/actions/server-check/new-ones.ts';
import { Coalesce } from '../core/lib/coalesce.ts';
import { linesOf } from '../core/lib/lines.ts';
import type { Live } from '../core/live/live.ts';
import type { Marker } from '../core/live/state.ts';
import type { Finding, NotChecked } from '../core/model/finding.ts';
import { RuleCatalogue } from '../core/validate/catalogue.ts';
import { isFetchable } from '../core/words/fetchable.ts';
import { checkServer, summaryOf, type WantedCheck } from './check-server.ts';
import type { Feature } from './feature.ts';
import { requests } from './protocol.ts';
import { PresentFindings } from './session/present-findings.ts';
import { type OpenRepository, uriOf } from './session/repositories.ts';
import { ServerFindings } from './session/server-findings.ts';
import type { Session } from './session/session.ts';
import { driftDiagnostics, fetchDiagnostics, findingDiagnostics } from './to-diagnostic.ts';

/** Findings and drift of what is open, pushed with the version of the text they are about. */
export const diagnostics: Feature = {
  register(session) {
    const publisher = new Publisher(session);
    const { documents } = session;
    documents.onDidChangeContent(({ document }) => publisher.edited(document.uri));
    documents.onDidClose(({ document }) => publisher.closed(document.uri));
    session.onChanged((repository, { files }) => publisher.changed(repository, files));
    session.onMinute(() => publisher.resend());
    session.answer(requests.validate, (_, signal) => publisher.validate(signal));
    session.answer(requests.checkServer, (wanted, signal) => publisher.ask(wanted, signal));
  },
};

/** Quiet time before a text is rendered and judged: as long as that took last, so that half of the time is left. */
const quietMs = { least: 10, most: 60 };
/** What the text tells by itself is said at once; keys that come together are one. */
const nextTurnMs = 1;

interface Found {
  version: number | undefined;
  findings: readonly Finding[];
}

class Publisher {
  readonly #session: Session;
  readonly #jobs: Coalesce<string>;
  readonly #quick: Coalesce<string>;
  readonly #present = new PresentFindings();
  readonly #server = new ServerFindings();
  /** By address: the last findings, and what was published last. */
  readonly #found = new Map<string, Found>();
  readonly #sent = new Map<string, string>();
  /** What waits for a chart, since the last change of a repository. */
  readonly #missing = new Map<OpenRepository, NotChecked[]>();
  readonly #catalogue = new RuleCatalogue();
  /** True once all files were validated: those that are not open are then followed too. */
  #whole = false;
  /** Milliseconds that the last answer took. */
  #took = quietMs.most;

  constructor(session: Session) {
    this.#session = session;
    this.#jobs = new Coalesce({
      delayMs: () => Math.min(Math.max(this.#took, quietMs.least), quietMs.most),
      run: (uri, signal) => this.#find(uri, signal),
      failed: (uri, error) => session.defect(`validating ${uri}`, error),
    });
    this.#quick = new Coalesce({
      delayMs: nextTurnMs,
      run: (uri, signal) => this.#look(uri, signal),
      failed: (uri, error) => session.defect(`checking ${uri}`, error),
    });
  }

  /** A text is another: what it tells by itself is said at once, what a render tells after a quiet moment. */
  edited(uri: string): void {
    this.#quick.request(uri);
    this.request(uri);
  }

  request(uri: string): void {
    this.#jobs.request(uri);
  }

  closed(uri: string): void {
    this.#quick.cancel(uri);
    this.#jobs.cancel(uri);
    this.#present.forget(uri);
    if (this.#whole) this.request(uri);
    else this.#clear(uri);
  }

  changed(repository: OpenRepository, files: readonly string[]): void {
    const { repositories } = this.#session;
    this.#missing.delete(repository);
    for (const uri of this.#sent.keys()) if (!repositories.of(uri)) this.#clear(uri);
    const open = new Map(
      this.#session.openFiles(repository).map(each => [each.file, each.document.uri]),
    );
    for (const file of files) {
      const asked = uriOf(repository, file);
      if (!open.has(file) && this.#server.uris().includes(asked)) this.#send(asked);
      const uri = open.get(file) ?? (this.#whole ? uriOf(repository, file) : undefined);
      if (uri !== undefined) this.request(uri);
    }
    // What is not checked may be another thing now.
    for (const uri of open.values()) this.#send(uri);
  }

  /** Ages have changed. */
  resend(): void {
    for (const uri of [...this.#found.keys()]) this.#send(uri);
  }

  async validate(signal: AbortSignal) {
    const { repositories } = this.#session;
    await repositories.ready();
    const counts = { errors: 0, warnings: 0, notChecked: 0 };
    for (const { repository, live } of repositories.lives()) {
      const report = await live.validate(signal);
      counts.notChecked += report.notChecked.length;
      for (const { severity } of report.findings) {
        if (severity === 'error') counts.errors++;
        if (severity === 'warning') counts.warnings++;
      }
      this.#takeAll(repository, report.findings, live.badges().keys());
    }
    this.#whole = true;
    return counts;
  }

  /** A cluster's word, by a person's wish; it replaces what clusters said of this repository before. */
  async ask(wanted: WantedCheck, signal: AbortSignal) {
    const { check, repository, file } = await checkServer(this.#session, wanted, signal);
    const byFile = Map.groupBy(check.findings, finding => finding.file);
    const before = this.#server.uris().flatMap(uri => {
      const at = this.#session.repositories.of(uri);
      return at?.repository === repository && (file === undefined || at.file === file) ? [uri] : [];
    });
    for (const uri of new Set([...before, ...[...byFile.keys()].map(f => uriOf(repository, f))])) {
      const name = this.#session.repositories.of(uri)?.file ?? '';
      this.#server.take(uri, this.#linesOf(uri, name).join('\n'), byFile.get(name) ?? []);
      if (!this.#found.has(uri)) this.#found.set(uri, { version: undefined, findings: [] });
      this.#send(uri);
    }
    return summaryOf(check);
  }

  /** Open documents keep what is known of their present text. */
  #takeAll(
    repository: OpenRepository,
    findings: readonly Finding[],
    drifting: Iterable<string>,
  ): void {
    const open = new Set(this.#session.openFiles(repository).map(({ file }) => file));
    const byFile = Map.groupBy(findings, ({ file }) => file);
    for (const file of drifting) if (!byFile.has(file)) byFile.set(file, []);
    const stale = [...this.#found.keys()].flatMap(uri => {
      const found = this.#session.repositories.of(uri);
      return found?.repository === repository ? [found.file] : [];
    });
    for (const file of new Set([...byFile.keys(), ...stale])) {
      if (open.has(file)) continue;
      const uri = uriOf(repository, file);
      this.#found.set(uri, { version: undefined, findings: byFile.get(file) ?? [] });
      this.#send(uri);
    }
  }

  async #find(uri: string, signal: AbortSignal): Promise<void> {
    const { documents, repositories } = this.#session;
    const found = repositories.of(uri);
    const version = documents.get(uri)?.version;
    if (!found || (version === undefined && !this.#whole)) return;
    const { validation } = this.#session.options.settings;
    const started = performance.now();
    const findings = validation ? await found.live.findings(found.file, signal) : [];
    this.#took = performance.now() - started;
    // Of a text that has changed meanwhile nothing is said: a newer request is on its way.
    if (signal.aborted || documents.get(uri)?.version !== version) return;
    const { live, file } = found;
    const ofText = validation && version !== undefined ? await live.textFindings(file) : [];
    if (this.#session.documents.get(uri)?.version !== version) return;
    this.#quick.cancel(uri);
    this.#present.take(uri, this.#linesOf(uri, file), findings, ofText);
    this.#found.set(uri, { version, findings });
    this.#send(uri);
  }

  /** What can be told of a text that was edited just now. */
  async #look(uri: string, signal: AbortSignal): Promise<void> {
    const found = this.#session.repositories.of(uri);
    const version = this.#session.documents.get(uri)?.version;
    // The first answer is a whole one.
    if (!found || version === undefined || !this.#found.has(uri)) return;
    if (!this.#session.options.settings.validation) return;
    const { live, file } = found;
    const lines = this.#linesOf(uri, file);
    const ofText = await live.textFindings(file);
    // A newer text, or all that is found of this one, came first.
    if (signal.aborted || this.#session.documents.get(uri)?.version !== version) return;
    const findings = this.#present.with(uri, lines, ofText);
    this.#found.set(uri, { version, findings });
    this.#send(uri);
  }

  #send(uri: string): void {
    const found = this.#found.get(uri);
    const at = this.#session.repositories.of(uri);
    if (!found || !at || this.#session.documents.get(uri)?.version !== found.version) return;
    const { version } = found;
    const list = this.#diagnosticsOf(uri, found.findings);
    const params = { uri, ...(version !== undefined && { version }), diagnostics: list };
    const text = JSON.stringify(params);
    if (this.#sent.get(uri) === text) return;
    this.#sent.set(uri, text);
    this.#session.guard('publishing', () => this.#session.connection.sendDiagnostics(params));
  }

  #diagnosticsOf(uri: string, findings: readonly Finding[]): Diagnostic[] {
    const at = this.#session.repositories.of(uri);
    if (!at) return [];
    const { repository, live, file } = at;
    const reaching = new Set(
      live.objects(file).flatMap(({ environments }) => environments.map(({ name }) => name)),
    );
    const lines = this.#linesOf(uri, file);
    const drift = this.#session.options.settings.drift ? this.#markersOf(uri) : [];
    const missing = this.#missingOf(repository, live).filter(({ place }) => place?.file === file);
    const { client } = this.#session;
    const said = newOnes(findings, this.#server.of(uri, lines.join('\n')));
    return [
      ...findingDiagnostics([...findings, ...said], {
        lines,
        reaching: [...reaching],
        version: this.#found.get(uri)?.version,
        ...(client.relates && { uriOf: (other: string) => uriOf(repository, other) }),
        ...(client.explainsCodes && { catalogue: this.#catalogue }),
      }),
      ...fetchDiagnostics(missing, lines),
      ...driftDiagnostics(drift, lines, new Date()),
    ];
  }

  #missingOf(repository: OpenRepository, live: Live): NotChecked[] {
    const known =
      this.#missing.get(repository) ??
      live
        .environments()
        .flatMap(({ notChecked }) => notChecked.filter(({ reason }) => isFetchable(reason)));
    this.#missing.set(repository, known);
    return known;
  }

  #markersOf(uri: string): Marker[] {
    const { repositories, present } = this.#session;
    const open = this.#session.openFile(uri);
    if (open) return present.of(open, open.document);
    const found = repositories.of(uri);
    return found ? found.live.markers(found.file) : [];
  }

  #linesOf(uri: string, file: string): string[] {
    const open = this.#session.documents.get(uri)?.getText();
    const text =
      open ?? this.#session.repositories.of(uri)?.live.workspace().index.file(file)?.text;
    return linesOf(text ?? '');
  }

  #clear(uri: string): void {
    this.#found.delete(uri);
    if (!this.#sent.delete(uri)) return;
    this.#session.guard('publishing', () =>
      this.#session.connection.sendDiagnostics({ uri, diagnostics: [] }),
    );
  }
}
