import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MAIN, PROJECT } from './program.ts';

/** A fenced block of a page. */
export interface Block {
	/** The heading that it stands under. */
	readonly under: string;
	/** Empty: what is shown, and not run. */
	readonly language: string;
	readonly text: string;
}

export function blocksOf(page: string): readonly Block[] {
	const text = readFileSync(join(PROJECT, page), 'utf8');
	let under = '';
	return [...text.matchAll(/^#+ (.*)$|^```(\w*)\n([\s\S]*?)^```$/gm)].flatMap(([, heading, language, lines]) => {
		if (heading !== undefined) under = heading;
		return language === undefined || lines === undefined ? [] : [{ under, language, text: lines }];
	});
}

export const README: readonly Block[] = blocksOf('README.md');

export const NODE_PATH = `${dirname(process.execPath)}:${process.env.PATH}`;

/** So that `npx firmseal` is the checkout's own, with whatever programs it needs. */
export const NPX = `npx() { shift; PATH='${NODE_PATH}' '${process.execPath}' '${MAIN}' "$@"; }`;

/** Times differ from run to run, and how long it is until one. */
export const withoutTimes = (text: string): string =>
	text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME').replaceAll(/\bin \d+ minutes/g, 'in N minutes');

/**
 * What README shows, as a pattern of all that commands print, without times: an indented line goes on with the one before, `…` stands for
 * what README leaves out of a line, and a line of it alone for any lines or none.
 */
export function shownBy(text: string): RegExp {
	const lines = withoutTimes(text).trimEnd().replaceAll(/\n +/g, '').split('\n');
	const patterns = lines.map((line) =>
		line === '…' ? '(?:.*\\n)*?' : `${line.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('…', '.*')}\\n`,
	);
	return new RegExp(`^${patterns.join('')}$`);
}
