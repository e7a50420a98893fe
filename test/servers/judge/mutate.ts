import { isObject, type Json, type JsonObject } from '../../../src/core/model/resource.ts';

/** Random numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Random = () => number;
type Container = JsonObject | Json[];

const odd: Json[] = [
  null,
  0,
  -1,
  70000,
  2.5,
  '',
  'Bad_Name',
  'a.b',
  true,
  [],
  {},
  '1Gi',
  '100x',
  'None',
  ['x'],
  { a: 'b' },
  'a'.repeat(70),
];
const likely: Json[] = ['x', 'z-1', '10', '1Gi', '1024Mi', 'Always', 'Never', 'http', 'TCP', 'UDP'];

/** A copy with one to three values changed, removed, doubled, put in another order or added. */
export function mutate(object: JsonObject, random: Random): JsonObject {
  const copy = structuredClone(object);
  for (let n = Math.ceil(random() * 3); n > 0; n--) {
    const place = pick(places(copy), random);
    if (place) change(place.parent, place.key, random);
  }
  return copy;
}

export function pick<T>(list: readonly T[], random: Random): T | undefined {
  return list[Math.floor(random() * list.length)];
}

function change(parent: Container, key: string, random: Random): void {
  const choice = random();
  if (Array.isArray(parent)) {
    const index = Number(key);
    if (choice < 0.25) parent.splice(index, 1);
    else if (choice < 0.4) parent.push(structuredClone(parent[index] as Json));
    else if (choice < 0.6) parent.reverse();
    else parent[index] = other(parent[index] as Json, random);
  } else if (choice < 0.3) delete parent[key];
  else if (choice < 0.35) parent.unknownField = 'x';
  else parent[key] = other(parent[key] as Json, random);
}

function other(value: Json, random: Random): Json {
  if (random() < 0.3) return structuredClone(pick(odd, random) as Json);
  if (typeof value === 'string') return pick([...likely, `${value}z`], random) as Json;
  if (typeof value === 'number') return pick([0, 1, value + 1, 8080], random) as Json;
  return typeof value === 'boolean' ? !value : value;
}

/** All values but those that say which object it is. */
function places(object: JsonObject): { parent: Container; key: string }[] {
  const found: { parent: Container; key: string }[] = [];
  const visit = (value: Json | undefined) => {
    if (!isObject(value) && !Array.isArray(value)) return;
    for (const [key, inner] of Object.entries(value)) {
      found.push({ parent: value, key });
      visit(inner);
    }
  };
  for (const [key, value] of Object.entries(object)) {
    if (['apiVersion', 'kind', 'metadata'].includes(key)) continue;
    found.push({ parent: object, key });
    visit(value);
  }
  const { metadata } = object;
  if (isObject(metadata)) for (const key of ['labels', 'annotations']) visit(metadata[key]);
  return found;
}
