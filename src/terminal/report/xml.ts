/** An XML element; attributes that are undefined are left out. */
export interface Element {
  name: string;
  attributes?: Record<string, string | number | undefined>;
  children?: readonly (Element | string)[];
}

/** A whole XML 1.0 document, two spaces per level; text stands without added space. */
export function xmlDocument(root: Element): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${elementText(root, '')}\n`;
}

function elementText({ name, attributes = {}, children = [] }: Element, indent: string): string {
  const said = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${escapeXml(`${value}`)}"`],
  );
  const start = `${indent}<${name}${said.join('')}`;
  if (children.length === 0) return `${start}/>`;
  const isText = children.every(child => typeof child === 'string');
  if (isText) return `${start}>${children.map(escapeXml).join('')}</${name}>`;
  const lines = children.map(child =>
    typeof child === 'string' ? escapeXml(child) : elementText(child, `${indent}  `),
  );
  return [`${start}>`, ...lines, `${indent}</${name}>`].join('\n');
}

/** What XML 1.0 cannot hold even escaped (control characters, lone surrogates) becomes U+FFFD. */
function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"\t\n\r]/g, character => entities[character] ?? character);
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};
