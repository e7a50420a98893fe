import type { Session } from '../session/session.ts';
import { KnownNames } from './known-names.ts';
import { SchemaDocuments } from './schema-document.ts';
import type { YamlService } from './service.ts';

/** What completion and hover share. */
export interface YamlLanguage {
  names: KnownNames;
  documents: SchemaDocuments;
  /** Loaded when it is first asked for: starting the server does not pay for it. */
  service(): Promise<YamlService>;
}

const languages = new WeakMap<Session, YamlLanguage>();

/** Made once for each session. */
export function yamlLanguage(session: Session): YamlLanguage {
  const known = languages.get(session) ?? create(session);
  languages.set(session, known);
  return known;
}

function create(session: Session): YamlLanguage {
  let service: Promise<YamlService> | undefined;
  return {
    names: new KnownNames(error => session.defect('gathering names', error)),
    documents: new SchemaDocuments(),
    service() {
      service ??= import('./service.ts').then(part => new part.YamlService());
      return service;
    },
  };
}
