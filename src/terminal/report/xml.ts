/** An XML element with elements or text in it; attributes that are undefined are left out. */
export interface Element {
  name: string;
  attributes?: Record<string, string | number | undefined>;
  children?: readonly Element[] | string;
}

/** A whole XML 1.0 document, two spaces per level; text stands without added space. */
export function xmlDocument(root: Element): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${elementText(root, '')}\n`;
}

function elementText({ name, attributes = {}, children = [] }: Element, indent: string): string {
  const said = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${escapeAttribute(`${value}`)}"`],
  );
  const start = `${indent}<${name}${said.join('')}`;
  if (children.length === 0) return `${start}/>`;
  if (typeof children === 'string') return `${start}>${escapeText(children)}</${name}>`;
  const lines = children.map(child => elementText(child, `${indent}  `));
  return [`${start}>`, ...lines, `${indent}</${name}>`].join('\n');
}

function escapeAttribute(text: string): string {
  return escapeText(text).replace(/["\t\n]/g, character => entities[character] ?? character);
}

/** What XML 1.0 cannot hold even escaped (control characters, lone surrogates) becomes U+FFFD. */
function escapeText(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>\r]/g, character => entities[character] ?? character);
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
