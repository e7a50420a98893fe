/** Why an alias cannot be followed; `anchor.node` is undefined while the anchored node is being read. */
export function aliasMessage(name: string, anchor: { node: unknown } | undefined): string {
  if (!anchor)
    return `The alias *${name} has no anchor before it in this document (anchors do not reach across "---"); if it is text, put it in quotes.`;
  return anchor.node
    ? `The alias *${name} makes the document unfold to far more than what is written; Kubernetes refuses it.`
    : `The anchor &${name} contains itself.`;
}
