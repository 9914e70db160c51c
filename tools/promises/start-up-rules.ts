import { settingsSchema } from '../../src/config/settings.ts';
import { SetupError } from '../../src/errors.ts';
import { quotedBy } from './quotes.ts';
import { FEW, type PromiseRow } from './row.ts';
import { sentencesOf, setupSentencesOf } from './sentences.ts';
import { filesLike, read, testFiles, textOf } from './test-files.ts';

const RULES = 'src/encryption-directive/rules/';
const PRODUCTION = 'src/config/production-refusals.ts';
const CONFIG = 'src/config/';
/** The file whose sentences describe the settings. */
const DESCRIPTIONS = `${CONFIG}settings.ts`;

/** Files of commands, which start no process. */
const OF_COMMANDS = /^src\/(?:cli\/|audit-log\/rebuild\/|database\/log-restore\/)/;

/** Tests of sentences that cannot be quoted, because they are too short or consist of values. */
const SHOWN_BY: Readonly<Record<string, string>> = {
	'FIRMSEAL_TLS_CERT and FIRMSEAL_TLS_KEY do not go together: give a PEM certificate and its own private key, without a passphrase.':
		'test/api/http/tls.test.ts',
	'Check failed: …. …': 'test/database/inspect-start.test.ts',
	'FIRMSEAL_CLEAR_OBJECTS must be …: FIRMSEAL_OBJECTS is ….': 'test/config/check-setting-combinations.test.ts',
	'… must be ….': 'test/config/check-setting-combinations.test.ts',
	'… must be set too: set all of …, or none.': 'test/config/refused-settings.test.ts',
	'… names a file ….': 'test/config/secrets.test.ts',
};

/** A rule, and the sentences with which it refuses. */
interface Rule {
	readonly promise: string;
	readonly from: string;
	readonly sentences: readonly string[];
}

interface Group {
	readonly rules: readonly Rule[];
	/** Paths of tests that can show the rules. */
	readonly tests: RegExp;
}

const ofSentence =
	(from: string) =>
	(sentence: string): Rule => ({ promise: sentence, from: `${from}, "${sentence}"`, sentences: [sentence] });

/** The rule in words, from the comment at the top of its file. */
function ofSchema(path: string): Rule {
	const [, words = ''] = /\/\*\*\n \* (.*?)\n \*(?:\/|\n)/s.exec(read(path)) ?? [];
	return { promise: words.replaceAll('\n * ', ' '), from: path, sentences: sentencesOf(path) };
}

/** The sentences of a file, except for those that begin with the name of a setting, which settingRows() has. */
const wholeSentencesOf = (path: string): string[] => sentencesOf(path).filter((text) => /^(?:[A-Z]|… )/.test(text));

const SETTINGS = /^test\/(?:config|cli\/|system\/|deploy\/|aws\/)/;

const GROUPS: ReadonlyMap<string, Group> = new Map([
	[
		'What a schema must keep',
		{
			rules: filesLike(`${RULES}*.ts`)
				.filter((path) => !/\/(?:index|rule)\.ts$/.test(path))
				.map(ofSchema),
			tests: /^test\/encryption-directive\//,
		},
	],
	['What production refuses', { rules: sentencesOf(PRODUCTION).map(ofSentence(PRODUCTION)), tests: SETTINGS }],
	[
		'What settings must be',
		{
			rules: filesLike(`${CONFIG}**/*.ts`)
				.filter((path) => path !== PRODUCTION && path !== DESCRIPTIONS)
				.flatMap((path) => wholeSentencesOf(path).map(ofSentence(path))),
			tests: SETTINGS,
		},
	],
	[
		'What else keeps a process from starting',
		{
			rules: filesLike('src/**/*.ts')
				.filter((path) => !OF_COMMANDS.test(path) && !path.startsWith(RULES) && !path.startsWith(CONFIG))
				.flatMap((path) => setupSentencesOf(path).map(ofSentence(path))),
			tests: /^test\//,
		},
	],
]);

/** Each setting with a rule for its value: a test quotes the rule, or has a row with the name and a wrong value. */
function settingRows(texts: ReadonlyMap<string, string>): PromiseRow[] {
	return Object.entries(settingsSchema.shape).flatMap(([name, schema]) => {
		const message = schema.safeParse('\0 no value of any setting').error?.issues[0]?.message;
		if (message === undefined) return [];
		const says = RegExp(`\\b${name} must be |\\['${name}', (?!'\\w*[A-Z]_)`);
		const files = [...texts].filter(([path, text]) => path.startsWith('test/config') && says.test(text));
		return [{ promise: `${name} ${message}.`, from: `${DESCRIPTIONS}, ${name}`, files: files.map(([path]) => path) }];
	});
}

/** @throws SetupError if SHOWN_BY has a sentence that no rule has */
export function startUpRules(): ReadonlyMap<string, readonly PromiseRow[]> {
	const texts = new Map(testFiles().map((path) => [path, textOf(path)]));
	const all = [...GROUPS.values()].flatMap(({ rules }) => rules.flatMap(({ sentences }) => sentences));
	const gone = Object.keys(SHOWN_BY).find((sentence) => !all.includes(sentence));
	if (gone !== undefined)
		throw new SetupError(
			`tools/promises/start-up-rules.ts: no rule has the sentence "${gone}": remove it from SHOWN_BY, or reword it.`,
		);
	const quoted = quotedBy(all, texts);
	const rowOf = ({ promise, from, sentences }: Rule, tests: RegExp): PromiseRow => {
		const quoting = sentences.flatMap((sentence) => quoted.get(sentence) ?? []).filter((path) => tests.test(path));
		const files = new Set([...quoting, ...sentences.flatMap((sentence) => SHOWN_BY[sentence] ?? [])]);
		return { promise, from, files: [...files].slice(0, FEW) };
	};
	const rows = new Map(
		[...GROUPS].map(([title, { rules, tests }]) => [title, rules.map((rule) => rowOf(rule, tests))]),
	);
	rows.get('What settings must be')?.unshift(...settingRows(texts));
	return rows;
}
