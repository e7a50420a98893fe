import { isObject, type JsonObject } from '../../src/core/model/resource.ts';
import { parseBody, type Server } from '../fuzz-drift/server.ts';
import { type Cause, isFollowUp, manifestField, plainField, type Word, warningOf } from './word.ts';

/** Asks a real server to create an object, without creating it. `path` is that of the collection. */
export async function serverWord(server: Server, path: string, object: JsonObject): Promise<Word> {
  const body = Buffer.from(JSON.stringify(object));
  const headers = { 'content-type': 'application/json' };
  const query = 'dryRun=All&fieldValidation=Strict';
  const answer = await server.pass('POST', `${path}?${query}`, headers, body).catch(gone);
  if (answer === undefined)
    return { says: 'nothing', causes: [], warnings: [], reason: 'its own code failed' };
  const status = parseBody(answer.body);
  if (answer.code < 300 || status.reason === 'AlreadyExists')
    return {
      says: 'accepted',
      causes: [],
      warnings: answer.warnings.map(textOfHeader).map(warningOf),
    };
  return refusal(answer.code, status, object);
}

/** The server closes a connection in which its code panicked. */
function gone(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ECONNRESET') throw error;
}

/** `299 - "text"` with escapes. */
function textOfHeader(value: string): string {
  const [, quoted = value] = /^\d{3} \S+ "(.*)"$/s.exec(value) ?? [];
  return quoted.replace(/\\(.)/g, '$1');
}

function refusal(code: number, status: JsonObject, object: JsonObject): Word {
  const message = String(status.message ?? '');
  const refused = (at: Word['at'], causes: Cause[]): Word => ({
    says: 'refused',
    ...(at ? { at } : {}),
    causes,
    warnings: [],
  });
  if (code === 422) return refused('validation', causesOf(status, object));
  const [, strict] = /strict decoding error: (.*)$/s.exec(message) ?? [];
  if (strict !== undefined) return refused('strict', strictCauses(strict));
  if (code === 400) return refused('decoding', [{ field: '', message }]);
  if (code === 500 && !/^conversion webhook/.test(message))
    return refused('validation', [{ field: '', message }]);
  // Admission speaks of what else there is in the cluster, which no manifest tells.
  return { says: 'nothing', causes: [], warnings: [], reason: `${code} ${summary(message)}` };
}

/** Without names, so that alike answers count as one. */
function summary(message: string): string {
  return message.replace(/"[^"]*"/g, '"…"').slice(0, 160);
}

function causesOf(status: JsonObject, object: JsonObject): Cause[] {
  const causes = isObject(status.details) ? status.details.causes : undefined;
  if (!Array.isArray(causes)) return [{ field: '', message: String(status.message) }];
  return causes
    .filter(isObject)
    .map(({ field, message }) => ({
      field: plainField(manifestField(object, String(field ?? ''))),
      message: String(message ?? ''),
    }))
    .filter(({ message }) => !isFollowUp(message));
}

/** `unknown field "a", duplicate field "b"`. */
function strictCauses(text: string): Cause[] {
  return text.split(/, (?=unknown field |duplicate field |json: )/).map(message => ({
    field: plainField(/field "(.*)"/s.exec(message)?.[1] ?? ''),
    message,
  }));
}
