import { UserError } from '../lib/errors.ts';
import { isObject, type Json } from '../model/resource.ts';
import type { ProposedRequest } from './forge.ts';

/** The names of a request's number and page in a forge's JSON. */
export interface RequestFields {
  number: string;
  url: string;
}

/** The request that a forge's JSON tells. Throws a `UserError` where it is something else. */
export function requestOf(json: Json | undefined, fields: RequestFields): ProposedRequest {
  const request = readRequest(json, fields);
  if (request === undefined)
    throw new UserError(
      'The request was sent, but the answer does not tell its address; look for it on the page of the repository.',
    );
  return request;
}

/** The first of a list that is a request and is wanted. */
export function findRequest(
  json: Json,
  fields: RequestFields,
  isWanted: (request: Json) => boolean = () => true,
): ProposedRequest | undefined {
  const requests = Array.isArray(json) ? json.filter(isWanted) : [];
  return requests.map(request => readRequest(request, fields)).find(found => found !== undefined);
}

function readRequest(json: Json | undefined, fields: RequestFields): ProposedRequest | undefined {
  if (!isObject(json)) return undefined;
  const { [fields.number]: number, [fields.url]: url } = json;
  if (typeof number !== 'number' || typeof url !== 'string') return undefined;
  // The editor opens it: no other scheme than a page's.
  return /^https?:\/\//.test(url) ? { number, url } : undefined;
}
