import {
  type CommandName,
  commandNames,
  commonOptions,
  type OptionSpec,
  optionsOf,
  specOf,
} from './options.ts';
import { pad, textWidth, wrap } from './report/columns.ts';
import { type Style, styleFor } from './style.ts';

/** The help of one command, or of all where none is named; 80 columns wide. */
export function helpText(topic: CommandName | undefined, colour: boolean): string {
  const style = styleFor(colour);
  const sections = topic === undefined ? overview(style) : commandHelp(topic, style);
  return `${sections.map(lines => lines.join('\n')).join('\n\n')}\n`;
}

const width = 80;

function overview(style: Style): string[][] {
  const column = Math.max(...commandNames.map(name => name.length)) + 3;
  return [
    [
      'Driftline: what your GitOps repository says, what your clusters run, and the',
      'line that makes the difference.',
    ],
    [`${style.bold('driftline')} <command> [options]`],
    commandNames.map(name => `  ${style.bold(pad(name, column))}${specOf(name).summary}`),
    optionLines(commonOptions, style),
    [
      'Exit codes: 0 nothing found; 1 errors or drift found; 2 the work could not be',
      'done; 3 with --strict: nothing found, but something was not checked.',
    ],
    ['driftline help <command> says more.'],
  ];
}

function commandHelp(topic: CommandName, style: Style): string[][] {
  const { about, operands, options, examples } = specOf(topic);
  const { format, ...common } = optionsOf(topic);
  const own = { ...options, ...(format && { format }) };
  const rest = Object.fromEntries(Object.entries(common).filter(([name]) => !(name in own)));
  const usage = `${style.bold(`driftline ${topic}`)} [options]`;
  const column = Math.max(...examples.map(({ command }) => textWidth(command))) + 3;
  return [
    [operands === undefined ? usage : `${usage} ${operands}`],
    about.flatMap(paragraph => wrap(paragraph, width)),
    ...(Object.keys(own).length > 0 ? [optionLines(own, style)] : []),
    optionLines(rest, style),
    examples.map(({ command, says }) => `  ${pad(command, column)}${style.dim(`# ${says}`)}`),
  ];
}

function optionLines(options: Record<string, OptionSpec>, style: Style): string[] {
  const said = Object.entries(options).map(([name, { short, value, help }]) => {
    const start = short === undefined ? '    ' : `-${short}, `;
    return { left: `  ${start}--${name}${value === undefined ? '' : ` ${value}`}`, help };
  });
  const column = Math.max(27, ...said.map(({ left }) => left.length + 2));
  return said.flatMap(({ left, help }) => {
    const [first = '', ...more] = wrap(help, width - column);
    return [style.bold(pad(left, column)) + first, ...more.map(line => ' '.repeat(column) + line)];
  });
}
