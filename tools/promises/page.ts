import { deeperInSoak, fastFiles } from '../../.ci/tests/tiers.ts';
import { SetupError } from '../../src/errors.ts';
import { errorCodes } from './error-codes.ts';
import type { PromiseRow } from './row.ts';
import { securityTables } from './security-rows.ts';
import { startUpRules } from './start-up-rules.ts';
import { filesLike, hasTests } from './test-files.ts';

type Tables = ReadonlyMap<string, readonly PromiseRow[]>;

const HEAD = `# Promises and their tests

*Reference. For anyone who reviews security and asks for evidence.*

Each promise of Firmseal, and the test files that show it. \`npm test\` runs the fast tier; \`npm run test:soak\` runs every file at
full counts, and the files listed under soak do more there. \`npm run generate\` writes this page, and fails if a promise has no
fast test or names a test file that does not exist.
`;

const INTRODUCTIONS = {
	security: 'The rows of the tables in [SECURITY.md](../../SECURITY.md); their column "shown by" names the tests.',
	codes: 'Every code of `extensions.code` and of problem documents, and the tests that receive it as a caller does.',
	rules:
		'What stops a start: each rule in words, and the sentence in which it refuses (`…` stands for a value). A test counts if it quotes the sentence.',
};

const link = (path: string): string => `[${path.slice('test/'.length, -'.test.ts'.length)}](../../${path})`;

const linksTo = (paths: readonly string[]): string => paths.map(link).join(', ') || '-';

function lineOf({ promise, files, without }: PromiseRow): string {
	const fast = without ?? linksTo(fastFiles(files));
	return `| ${promise.replaceAll('|', '\\|')} | ${fast} | ${linksTo(deeperInSoak(files))} |`;
}

function section(title: string, introduction: string, tables: Tables): string {
	const parts = [...tables].map(([name, rows]) => {
		const heading = name === title ? [] : [`### ${name}`, ''];
		return [...heading, '| promise | fast | soak |', '|---|---|---|', ...rows.map(lineOf), ''].join('\n');
	});
	return [`## ${title}`, '', introduction, '', ...parts].join('\n');
}

/** One sentence for each error in a row: what is wrong, and how to fix it. */
function faultsOf({ from, files, without }: PromiseRow, known: ReadonlySet<string>): string[] {
	if (without !== undefined) return [];
	const gone = files.filter((path) => !known.has(path));
	if (gone.length > 0) return [`${from}: ${gone.join(', ')} is not there: name the test file that shows it now.`];
	const empty = files.filter((path) => !hasTests(path));
	if (empty.length > 0) return [`${from}: ${empty.join(', ')} has no test in it: name a file that shows it.`];
	if (fastFiles(files).length === 0)
		return [
			`${from} has no test in fast: write one, or name one that is not *.soak.test.ts. A test that quotes a sentence counts by words that no other sentence has: if one quotes this already, reword the new sentence.`,
		];
	return [];
}

/** @throws SetupError with a sentence for each promise that no fast test shows. */
export function promisesPage(): string {
	const security = securityTables();
	const codes: Tables = new Map([['Error codes', errorCodes()]]);
	const rules = startUpRules();
	const known = new Set(filesLike('test/**/*.test.ts'));
	const faults = [security, codes, rules].flatMap((tables) =>
		[...tables.values()].flat().flatMap((row) => faultsOf(row, known)),
	);
	if (faults.length > 0) throw new SetupError(faults.join('\n'));
	return [
		HEAD,
		section('Security', INTRODUCTIONS.security, security),
		section('Error codes', INTRODUCTIONS.codes, codes),
		section('Start-up rules', INTRODUCTIONS.rules, rules),
	]
		.join('\n')
		.trimEnd()
		.concat('\n');
}
