import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MAIN, PROJECT } from './program.ts';

export interface Block {
	/** The heading above the block. */
	readonly under: string;
	/** Empty if the block shows output. */
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

/** Makes `npx firmseal` run this checkout, with a PATH that has the programs it needs. */
export const NPX = `npx() { shift; PATH='${NODE_PATH}' '${process.execPath}' '${MAIN}' "$@"; }`;

/** Replaces times and the minutes until a time, which differ from run to run. */
export const withoutTimes = (text: string): string =>
	text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME').replaceAll(/\bin \d+ minutes/g, 'in N minutes');

/**
 * A pattern for the whole output of commands, made from the block that a page shows, without times. An indented line continues the line
 * before it. `…` matches any text within a line; a line of `…` alone matches any number of lines.
 */
export function shownBy(text: string): RegExp {
	const lines = withoutTimes(text).trimEnd().replaceAll(/\n +/g, '').split('\n');
	const patterns = lines.map((line) =>
		line === '…' ? '(?:.*\\n)*?' : `${line.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('…', '.*')}\\n`,
	);
	return new RegExp(`^${patterns.join('')}$`);
}
