import { z } from 'zod';
import {
	SECRET_NAMES,
	SETTING_GROUPS,
	type SettingDescription,
	secretFileSettingOf,
} from '../../src/config/settings.ts';
import { GENERATED_PAGES, pathFrom } from './generated-pages.ts';
import { page, table } from './markdown.ts';
import { sentences } from './words.ts';

const PAGE = GENERATED_PAGES.settings;

const HEAD = `<!-- Written by \`npm run generate\` from src/config/settings.ts: change that file. -->

# Settings

*Reference. For anyone who runs a process.*

Firmseal reads its settings from the environment. An empty setting counts as unset. An unknown name that begins with
\`FIRMSEAL_\` is an error. [What each process
is told](${pathFrom(PAGE, 'docs/how-to/deploy.md#what-each-process-is-told')}) says which process must have, and must not have, which setting.

A secret setting can be in a file instead: append _FILE to its name, such as ${secretFileSettingOf('DATABASE_URL')}, and set
that to the path of the file. The file has at most 64 KiB; a line break at its end is ignored.`;

const secretNames: readonly string[] = SECRET_NAMES;

/** The accepted values, from the message with which the schema refuses a value. */
function formOf(schema: z.ZodType, { form = 'text' }: SettingDescription): string {
	const { error } = schema.safeParse('\0 no value of any setting');
	return error?.issues[0]?.message.replace(/^must be /, '') ?? form;
}

function defaultOf(schema: z.ZodType, { unset = '-', unit }: SettingDescription): string {
	if (!(schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)) return unset;
	return sentences(`\`${schema.def.defaultValue}\``, unit);
}

function rowOf([name, schema]: readonly [string, z.ZodType]): readonly string[] {
	const about = schema.meta() as SettingDescription;
	return [
		`\`${name}\``,
		formOf(schema, about),
		defaultOf(schema, about),
		sentences(
			about.description,
			secretNames.includes(name) && 'Secret.',
			about.page && `[More](${pathFrom(PAGE, about.page)}).`,
		),
		about.usedBy ?? 'all',
	];
}

/** Every setting by subject, in the order of the schema. */
export const settingsPage = (): string =>
	page([
		HEAD,
		...Object.entries(SETTING_GROUPS).flatMap(([title, group]) => [
			`## ${title}`,
			table(['name', 'value', 'default', 'meaning', 'used by'], Object.entries(group).map(rowOf)),
		]),
	]);
