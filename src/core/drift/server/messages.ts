/*
 * What Kubernetes' API server says when it refuses a dry-run, read for what it means (drift.md 3.6). Each text is
 * the server's own: apiserver/pkg/admission/plugin/webhook/errors, plugin/policy/validating, endpoints/handlers.
 */

/** Why admission refuses the change, as a sentence; undefined when the message is none of a policy. */
export function denialOf(status: number, message: string): string | undefined {
  const isDenied = /denied (the )?request/.test(message);
  // Quotas, Pod security and the like are `forbidden`, too; a missing permission names the user.
  const isForbidden =
    status === 403 && / is forbidden: (?!User ")/.test(message) && !isMissingPermission(message);
  return isDenied || isForbidden ? `A policy blocks the change: ${message}` : undefined;
}

/** True for the words of an authorizer: `User "eve" cannot patch resource …`. */
export function isMissingPermission(message: string): boolean {
  return /User "[^"]*" cannot \w+ (resource|path|subresource)/.test(message);
}

/** True when the server could not read the manifest as its kind: unknown or doubled fields, wrong types. */
export function isUnreadable(message: string): boolean {
  return /failed to create typed patch object|strict decoding error|managedFields must be nil|unable to decode|cannot unmarshal|error decoding/.test(
    message,
  );
}

/** The name of a webhook that has side effects and is therefore not called by a dry-run. */
export function withoutDryRun(message: string): string | undefined {
  if (!message.includes('does not support dry run')) return undefined;
  return /admission webhook "?([^\s"]+)"? does not support dry run/.exec(message)?.[1] ?? 'there';
}

/** The name of a webhook that did not answer as it should. */
export function failedWebhook(message: string): string | undefined {
  if (!/failed calling webhook|conversion webhook for/.test(message)) return undefined;
  return /failed calling webhook "([^"]+)"/.exec(message)?.[1] ?? 'for conversion';
}

/** kubernetes#111937: an entry of managedFields was written in a version that is gone. */
export function isConversionOfOldEntry(message: string): boolean {
  return message.includes('request to convert CR to an invalid group/version');
}
