import { isObject, type Json, type JsonObject } from '../../src/core/model/resource.ts';
import { chance } from '../fuzz-drift/chance.ts';
import type { Random } from '../lib/random.ts';

/** A definition with one to four places made otherwise: values of other types, fields lost, moved, doubled. */
export function mutateType(definition: JsonObject, random: Random): JsonObject {
  const copy = structuredClone(definition);
  for (let left = 1 + random.below(4); left > 0; left--) mutateSomewhere(copy, random);
  return copy;
}

/** Goes down at random, and changes what it comes to. */
function mutateSomewhere(root: JsonObject, random: Random): void {
  let holder: Json = root;
  for (;;) {
    const keys = Object.keys(holder as object);
    if (keys.length === 0) return;
    const key = random.pick(keys);
    const inner: Json = (holder as JsonObject)[key] as Json;
    const goesOn = typeof inner === 'object' && inner !== null && chance(random, 0.85);
    if (!goesOn) {
      change(holder as JsonObject, key, random);
      return;
    }
    holder = inner;
  }
}

function change(holder: JsonObject, key: string, random: Random): void {
  const what = random.below(4);
  if (what === 0 && !Array.isArray(holder)) delete holder[key];
  else if (what === 1) put(holder, random.pick(words), structuredClone(random.pick<Json>(values)));
  else if (what === 2)
    holder[key] = { ...(isObject(holder[key]) ? holder[key] : {}), ...rule(random) };
  else holder[key] = structuredClone(random.pick<Json>(values));
}

/** `__proto__` is a name like others in a document. */
function put(holder: JsonObject, name: string, value: Json): void {
  Object.defineProperty(holder, name, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

const words = [
  ...[
    'type',
    'properties',
    'items',
    'additionalProperties',
    'required',
    'default',
    'enum',
    'format',
  ],
  ...[
    'nullable',
    'pattern',
    'minimum',
    'maxItems',
    'oneOf',
    'not',
    '$ref',
    'x-kubernetes-list-type',
  ],
  ...[
    'x-kubernetes-preserve-unknown-fields',
    'x-kubernetes-int-or-string',
    'x-kubernetes-validations',
  ],
  ...[
    'x-kubernetes-list-map-keys',
    'x-kubernetes-embedded-resource',
    '__proto__',
    'constructor',
    'served',
  ],
];

const values: Json[] = [
  ...[
    null,
    true,
    false,
    0,
    -1,
    1.5,
    1e300,
    '',
    'x',
    'object',
    'array',
    'string',
    'integer',
    '(',
    '[a-',
  ],
  ...[
    [],
    {},
    [{}],
    [null],
    { type: 'object' },
    { type: 'array', items: {} },
    { type: ['string', 'null'] },
  ],
  ...[
    ['a', 'a'],
    [1, 'a'],
    '(a+)+$',
    'int-or-string',
    'map',
    'date-time',
    'self.x > 1',
    'v1',
    'a'.repeat(300),
  ],
];

function rule(random: Random): JsonObject {
  const rules = ['self.a', 'size(self) > 0', 'self.all(x, x)', '1 +', 'oldSelf == self', ')'];
  return { 'x-kubernetes-validations': [{ rule: random.pick(rules), message: 'no' }] };
}
