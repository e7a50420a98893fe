import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { installVsCode, releases } from '../../scripts/lib/vscode/install.ts';
import { type RunningVsCode, startVsCode } from '../../scripts/lib/vscode/server.ts';
import { provideChromium } from './chromium.ts';

export type ReleaseName = keyof typeof releases;

/** Names of VS Code's own themes, which both releases have. */
export const themes = {
  dark: 'Default Dark Modern',
  light: 'Default Light Modern',
  'high-contrast': 'Default High Contrast',
  'high-contrast-light': 'Default High Contrast Light',
} as const;
export type ThemeName = keyof typeof themes;

export interface WindowOptions {
  release?: ReleaseName;
  /** The workspace. */
  folder: string;
  theme?: ThemeName;
  settings?: Record<string, unknown>;
  /** Restricted Mode exists, and the folder is not trusted yet. */
  untrusted?: boolean;
  /** A package to install; else the extension is taken from this checkout. */
  vsix?: string;
  /** A file to open, by its path in the folder. */
  file?: string;
  /** A module of `inside/` that runs in the extension host, see `bundleInside`. */
  inside?: string;
  /** For the extension host and what it starts. */
  env?: NodeJS.ProcessEnv;
  size?: { width: number; height: number };
}

/** A line of a tree as a person sees and hears it. */
export interface TreeLine {
  level: number;
  label: string;
  description: string;
  /** What a screen reader says. */
  spoken: string;
}

/** A line of the text editor with what is drawn behind its end. */
export interface MarkedLine {
  line: number;
  marker: string;
}

export const extensionFolder = resolve(import.meta.dirname, '..', '..');

/** Opens a VS Code that was never used before, with Driftline, in a Chromium without a screen. */
export async function openWindow(options: WindowOptions): Promise<Window> {
  const data = await mkdtemp(join(tmpdir(), 'driftline-vscode-'));
  const server = await startVsCode({
    installed: await installVsCode(releases[options.release ?? 'newest'], say),
    data,
    underTest: true,
    env: { GIT_TERMINAL_PROMPT: '0', ...options.env },
    extensions: options.vsix === undefined ? [] : [options.vsix],
    settings: {
      'workbench.colorTheme': themes[options.theme ?? 'dark'],
      'security.workspace.trust.enabled': options.untrusted === true,
      'security.workspace.trust.startupPrompt': 'never',
      ...options.settings,
    },
  });
  const browser = await launchChromium();
  const viewport = options.size ?? { width: 1280, height: 800 };
  const page = await browser.newPage({ viewport });
  const window = new Window(page, browser, server, data);
  try {
    const payload: [string, string][] = [];
    if (options.vsix === undefined)
      payload.push(['extensionDevelopmentPath', server.remote(extensionFolder)]);
    if (options.inside !== undefined) {
      payload.push(['extensionTestsPath', server.remote(options.inside)]);
      // It tells the page what it logs, and its end.
      for (const name of ['codeAutomationLog', 'codeAutomationExit'])
        await page.exposeFunction(name, () => {});
    }
    if (options.file !== undefined)
      payload.push(['openFile', server.remote(join(options.folder, options.file))]);
    await page.goto(server.address(options.folder, payload));
    await page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 60_000 });
    return window;
  } catch (error) {
    await window.close();
    throw error;
  }
}

export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: provideChromium(say),
    args: ['--no-sandbox', '--headless', '--disable-gpu', '--disable-background-networking'],
  });
}

/** A window of VS Code, and what a person does and sees in it. */
export class Window {
  readonly page: Page;
  readonly #browser: Browser;
  readonly #server: RunningVsCode;
  readonly #data: string;

  constructor(page: Page, browser: Browser, server: RunningVsCode, data: string) {
    this.page = page;
    this.#browser = browser;
    this.#server = server;
    this.#data = data;
  }

  /** Folder with the person's settings and the logs. */
  get data(): string {
    return this.#data;
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.#server.stop();
    await rm(this.#data, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  /** Runs a command by its title in the palette, such as `Driftline: Check Drift`. */
  async command(title: string): Promise<void> {
    const input = this.quickInput().locator('input').first();
    await this.page.keyboard.press('F1');
    await input.waitFor();
    await input.fill(`>${title}`);
    const entry = this.quickPicks().filter({ hasText: title }).first();
    await entry.waitFor({ timeout: 10_000 });
    await this.page.keyboard.press('Enter');
  }

  /** Opens a file of the workspace, the cursor on a line. */
  async open(file: string, line = 1): Promise<void> {
    const input = this.quickInput().locator('input').first();
    await this.page.keyboard.press('Control+P');
    await input.waitFor();
    await input.fill(file);
    const [name = file] = file.split('/').slice(-1);
    const folder = file.split('/').slice(0, -1).join('/');
    const found = this.quickPicks().filter({ hasText: name }).filter({ hasText: folder });
    await found.first().click();
    await this.page.locator('.tab.active', { hasText: name }).waitFor();
    await this.goTo(line);
  }

  /** Puts the cursor at the start of a line of the active editor. */
  async goTo(line: number): Promise<void> {
    const input = this.quickInput().locator('input').first();
    await this.page.keyboard.press('Control+G');
    await input.waitFor();
    await input.fill(`:${line}`);
    await this.submit(input);
  }

  /** Presses Enter until the box is gone: while its text is still being read, Enter is passed over. */
  async submit(input: Locator): Promise<void> {
    for (let tries = 0; tries < 5; tries++) {
      await this.page.keyboard.press('Enter');
      const gone = input.waitFor({ state: 'hidden', timeout: 4_000 });
      if (
        await gone.then(
          () => true,
          () => false,
        )
      )
        return;
    }
    throw new Error('the box to type into stays open');
  }

  /** Where the cursor is, as the status bar tells: `Ln 7, Col 13`. */
  cursor(): Promise<string> {
    return textOf(this.page.locator('[id="status.editor.selection"]'));
  }

  /** Answers a question of the quick input, known by its placeholder. */
  async answer(placeholder: string, text: string): Promise<void> {
    const input = this.quickInput().getByPlaceholder(placeholder);
    await input.waitFor();
    await input.fill(text);
    await this.page.keyboard.press('Enter');
  }

  quickInput(): Locator {
    return this.page.locator('.quick-input-widget');
  }

  quickPicks(): Locator {
    return this.quickInput().locator('.monaco-list-row');
  }

  /** Shows Driftline's view and answers its pane. */
  async environments(): Promise<Locator> {
    const icon = this.page
      .locator('.part.activitybar .action-item a[aria-label^="Driftline"]')
      .first();
    await icon.waitFor({ timeout: 30_000 });
    if ((await icon.getAttribute('aria-expanded')) !== 'true') await icon.click();
    return this.view();
  }

  /** Drags the edge of the side bar, and leaves the mouse where it points at nothing. */
  async widenSideBar(width: number): Promise<void> {
    const bar = await this.page.locator('.part.sidebar').boundingBox();
    if (bar === null) throw new Error('there is no side bar');
    await this.page.mouse.move(bar.x + bar.width + 1, bar.y + bar.height / 2);
    await this.page.mouse.down();
    await this.page.mouse.move(bar.x + width, bar.y + bar.height / 2, { steps: 5 });
    await this.page.mouse.up();
    await this.page.mouse.move(0, 0);
  }

  /** The pane of the Environments view. */
  view(): Locator {
    return this.page.locator('.part.sidebar .pane').first();
  }

  treeRows(): Locator {
    return this.view().locator('.monaco-list-row[role="treeitem"]');
  }

  /** Unfolds the first line of the tree with that label, unless it is open. */
  async unfold(label: string): Promise<void> {
    const exact = this.page.locator('.label-name', { hasText: new RegExp(`^${label}$`) });
    const row = this.treeRows().filter({ has: exact }).first();
    await row.waitFor({ timeout: 30_000 });
    if ((await row.getAttribute('aria-expanded')) === 'false')
      await row.locator('.monaco-tl-twistie').click();
    await row.and(this.page.locator('[aria-expanded="true"]')).waitFor();
  }

  /** The lines of the tree that are on the screen. */
  tree(): Promise<TreeLine[]> {
    return this.treeRows().evaluateAll(rows =>
      rows.map(row => ({
        level: Number(row.getAttribute('aria-level')),
        label: row.querySelector('.label-name')?.textContent ?? '',
        description: row.querySelector('.label-description')?.textContent ?? '',
        spoken: row.getAttribute('aria-label') ?? '',
      })),
    );
  }

  /** The active text editor, or its right side if it compares two. */
  editor(): Locator {
    return this.page.locator('.editor-group-container.active .monaco-editor').last();
  }

  /** The lines on the screen that have something drawn behind their end, and what. */
  markers(): Promise<MarkedLine[]> {
    return this.editor().evaluate(editor => {
      const view = editor.ownerDocument.defaultView;
      const numbers = new Map<string, number>();
      for (const number of editor.querySelectorAll('.margin-view-overlays > div'))
        numbers.set(number.style.top, Number(number.querySelector('.line-numbers')?.textContent));
      const found: { line: number; marker: string }[] = [];
      for (const line of editor.querySelectorAll('.view-lines > .view-line')) {
        const drawn = [...line.querySelectorAll('span')]
          .map(span => view.getComputedStyle(span, '::after').content)
          .filter(content => content !== 'none' && content !== 'normal' && content !== '""')
          .map(content => content.replace(/^"|"$/g, '').replaceAll('\u00a0', ' '));
        if (drawn.length > 0)
          found.push({ line: numbers.get(line.style.top) ?? 0, marker: drawn.join(' ').trim() });
      }
      return found.sort((a, b) => a.line - b.line);
    });
  }

  /** How much the markers stand out from the editor's background, from 1 to 21 as WCAG counts it. */
  markerContrast(): Promise<number> {
    return this.editor().evaluate(editor => {
      const view = editor.ownerDocument.defaultView;
      const luminance = (colour: string) => {
        const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map(part => {
          const value = Number(part) / 255;
          return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
      };
      const drawn = [...editor.querySelectorAll('.view-line span')]
        .map(span => view.getComputedStyle(span, '::after'))
        .find(style => style.content.includes('⟵'));
      const background = view.getComputedStyle(
        editor.querySelector('.lines-content')?.closest('.monaco-editor-background') ?? editor,
      ).backgroundColor;
      const [dark = 0, light = 0] = [
        luminance(drawn?.color ?? background),
        luminance(background),
      ].sort((a, b) => a - b);
      return (light + 0.05) / (dark + 0.05);
    });
  }

  /** Changes the theme in the person's settings, and loads the window anew. */
  async setTheme(theme: ThemeName): Promise<void> {
    const file = join(this.#data, 'data', 'User', 'settings.json');
    const settings = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    await writeFile(file, JSON.stringify({ ...settings, 'workbench.colorTheme': themes[theme] }));
    await this.page.reload();
    const kind = {
      dark: 'vs-dark',
      light: 'vs',
      'high-contrast': 'hc-black',
      'high-contrast-light': 'hc-light',
    };
    await this.page.locator(`.monaco-workbench.${kind[theme]}`).waitFor();
  }

  /** Points at a word of the active editor and answers the text of the hover that appears. */
  async hover(text: string): Promise<Locator> {
    const word = this.editor().locator('.view-line span', { hasText: text }).last();
    const hover = this.page.locator('.monaco-hover:not(.hidden) .monaco-hover-content').first();
    // VS Code forgets a hover that it began to ask for when something scrolls or is drawn anew: one points again.
    for (let attempt = 0; ; attempt++) {
      await word.hover();
      const shown = hover.waitFor({ timeout: 5_000 });
      if (attempt === 5) await shown;
      else if (!(await shown.then(() => true).catch(() => false))) {
        await this.page.mouse.move(0, 0);
        continue;
      }
      return hover;
    }
  }

  async screenshot(file: string): Promise<void> {
    await this.page.screenshot({ path: file });
  }
}

/** The text of an element, with plain spaces. */
export async function textOf(locator: Locator): Promise<string> {
  return ((await locator.textContent()) ?? '').replaceAll('\u00a0', ' ');
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
