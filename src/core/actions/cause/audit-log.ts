import { open } from 'node:fs/promises';
import { textAt, valueAt } from '../../model/fields.ts';
import type { JsonObject } from '../../model/resource.ts';

/** One successful write of an object, as the API server's audit log has it (`audit.k8s.io/v1` Event). */
export interface AuditedWrite {
  group: string;
  /** Plural, such as `deployments`. */
  resource: string;
  namespace: string;
  name: string;
  subresource: string;
  /** UID of the object; many events do not say it. */
  uid?: string;
  verb: string;
  user: string;
  /** Who wrote, where `user` did so in another's name. */
  impersonated?: string;
  userAgent: string;
  /** As the API server names it in managedFields. */
  manager: string;
  /** RFC 3339: when the request came, and when it was answered. */
  received: string;
  answered: string;
}

/** Bytes of the end of the log that are read; what happened long ago is not there. */
const tail = 16 * 1024 * 1024;
/** More writes than that are not kept, the oldest go first. */
const most = 20_000;
const piece = 1024 * 1024;
const verbs = ['create', 'update', 'patch'];

/**
 * The writes in the last 16 MB of an audit log with one JSON object in a line (`kube-apiserver --audit-log-path`),
 * oldest first; lines that are something else are passed over. Dry-runs and what was refused changed nothing.
 * Rejects where the file cannot be read.
 */
export async function auditedWrites(
  file: string,
  isWanted: (name: string) => boolean,
): Promise<AuditedWrite[]> {
  const handle = await open(file, 'r');
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw new Error('it is not a file');
    const writes: AuditedWrite[] = [];
    const start = Math.max(0, stat.size - tail);
    const buffer = Buffer.alloc(piece);
    let rest = Buffer.alloc(0);
    let isWhole = start === 0;
    for (let at = start; at < stat.size; ) {
      const { bytesRead } = await handle.read(buffer, 0, Math.min(piece, stat.size - at), at);
      if (bytesRead === 0) break;
      at += bytesRead;
      const seen = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      const end = seen.lastIndexOf('\n') + 1;
      rest = Buffer.from(seen.subarray(end));
      const lines = seen.toString('utf8', 0, end).split('\n');
      // The first line began before what is read.
      if (end > 0 && !isWhole) lines.shift();
      isWhole ||= end > 0;
      writes.push(...lines.flatMap(line => writeOf(line, isWanted) ?? []));
      writes.splice(0, writes.length - most);
    }
    return writes;
  } finally {
    await handle.close();
  }
}

function writeOf(line: string, isWanted: (name: string) => boolean): AuditedWrite | undefined {
  // Most lines are reads: these are not parsed.
  if (!line.includes('"stage":"ResponseComplete"')) return undefined;
  if (!verbs.some(verb => line.includes(`"verb":"${verb}"`))) return undefined;
  const event = parsed(line);
  const name = textAt(event, 'objectRef', 'name');
  if (event === undefined || name === undefined || !isWanted(name)) return undefined;
  const code = valueAt(event, 'responseStatus', 'code');
  const verb = textAt(event, 'verb') ?? '';
  const uri = queryOf(textAt(event, 'requestURI') ?? '');
  const isWrite = verbs.includes(verb) && textAt(event, 'stage') === 'ResponseComplete';
  if (!isWrite || typeof code !== 'number' || code < 200 || code > 299) return undefined;
  if (uri === undefined || uri.getAll('dryRun').some(value => value !== '')) return undefined;
  const at = (field: string) => textAt(event, 'objectRef', field) ?? '';
  const userAgent = textAt(event, 'userAgent') ?? '';
  return {
    group: at('apiGroup'),
    resource: at('resource'),
    namespace: at('namespace'),
    name,
    subresource: at('subresource'),
    uid: textAt(event, 'objectRef', 'uid'),
    verb,
    user: textAt(event, 'user', 'username') ?? '',
    impersonated: textAt(event, 'impersonatedUser', 'username'),
    userAgent,
    manager: uri.get('fieldManager') || managerOf(userAgent),
    received: textAt(event, 'requestReceivedTimestamp') ?? '',
    answered: textAt(event, 'stageTimestamp') ?? '',
  };
}

function parsed(line: string): JsonObject | undefined {
  try {
    const event = JSON.parse(line) as JsonObject;
    return textAt(event, 'kind') === 'Event' ? event : undefined;
  } catch {
    return undefined;
  }
}

function queryOf(uri: string): URLSearchParams | undefined {
  return URL.parse(uri, 'http://server')?.searchParams;
}

/** Who names no field manager is known by its user agent: what stands before `/`, 128 characters at most. */
function managerOf(userAgent: string): string {
  const [name = ''] = userAgent.split('/');
  return [...name].slice(0, 128).join('');
}
