import type { Pointer } from '../../model/path.ts';
import { isObject, type Json, type JsonObject } from '../../model/resource.ts';
import { isPlaceholder, isStandIn } from '../placeholders.ts';
import { containersOf } from './pod-spec.ts';
import { itemsOf } from './practice.ts';
import type { Rule, RuleViolation } from './rule.ts';

/** Names of what must not be read, as the last words of a key: `DB_PASSWORD`, `apiToken`, `client-secret`. */
const secretName =
  /(^|[._-]|(?<=[a-z0-9])(?=[A-Z]))(password|passwd|token|secret|api[_-]?key|private[_-]?key|access[_-]?key|credentials?)$/i;
const privateKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;

/** Values in the clear of what by its name, or as a private key, is secret. The value itself is never told. */
export const secretInClear: Rule = {
  id: 'secret-in-clear',
  severity: 'off',
  title: 'Secret values do not stand in ConfigMaps, variables and plain Secrets',
  check(object) {
    return [...configMap(object), ...variables(object)];
  },
};

function configMap(object: JsonObject): RuleViolation[] {
  if (object.kind !== 'ConfigMap' || object.apiVersion !== 'v1' || !isObject(object.data))
    return [];
  return Object.entries(object.data).flatMap(([key, value]) => {
    const isSecret = isPrivateKey(value) || (secretName.test(key) && isValue(value));
    const message = `${key} looks like a secret value, and everybody may read a ConfigMap; put it into a Secret, encrypted or from a store.`;
    return isSecret ? [{ pointer: ['data', key] as Pointer, on: 'key' as const, message }] : [];
  });
}

function variables(object: JsonObject): RuleViolation[] {
  return containersOf(object).flatMap(({ container, pointer }) =>
    itemsOf(container.env, [...pointer, 'env']).flatMap(
      ({ item, pointer: at }): RuleViolation[] => {
        const { name, value } = item;
        if (typeof name !== 'string' || !isValue(value)) return [];
        if (!secretName.test(name) && !isPrivateKey(value)) return [];
        const message = `The variable ${name} looks like a secret value in the clear; take it from a Secret by valueFrom.`;
        return [{ pointer: [...at, 'value'], on: 'key', message }];
      },
    ),
  );
}

function isPrivateKey(value: Json | undefined): boolean {
  return typeof value === 'string' && privateKey.test(value);
}

/** Text that could be a secret itself: no reference, placeholder, path, address, number or switch. */
function isValue(value: Json | undefined): value is string {
  return (
    typeof value === 'string' &&
    value.trim().length >= 4 &&
    !isPlaceholder(value) &&
    !isStandIn(value) &&
    !/^(true|false|none|null|\d+|[./~].*|[a-z]+:\/\/[^@]*|\$\(.*\)|ENC\[.*)$/is.test(
      value.trim(),
    ) &&
    !/[<{]{1,2}.*[>}]{1,2}|\$\{/.test(value)
  );
}
