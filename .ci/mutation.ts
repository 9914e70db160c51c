/**
 * Changes the code of a folder in one place at a time, and checks whether a test of the same folder fails. Other tests don't count.
 * Takes names of folders, all four unless given, and prints the table of docs/reference/mutation.md.
 * Does not use Stryker's `testFiles`, with which code that runs at import is never mutated (stryker-js #6144).
 */
import { Stryker } from '@stryker-mutator/core';

const FOLDERS = ['access', 'envelope', 'content', 'encryption-directive'];

const count = (results: readonly { readonly status: string }[], ...statuses: readonly string[]) =>
	results.filter(({ status }) => statuses.includes(status)).length;

async function mutate(folder: string): Promise<string> {
	process.env.MUTATED_FOLDER = folder;
	const began = performance.now();
	const results = await new Stryker({
		mutate: [`src/${folder}/**/*.ts`],
		htmlReporter: { fileName: `reports/mutation/${folder}.html` },
		jsonReporter: { fileName: `reports/mutation/${folder}.json` },
	}).runMutationTest();
	const noticed = count(results, 'Killed', 'Timeout');
	const unnoticed = count(results, 'Survived', 'NoCoverage');
	const score = ((100 * noticed) / (noticed + unnoticed)).toFixed(1);
	const minutes = ((performance.now() - began) / 60_000).toFixed(1);
	return `| ${folder} | ${noticed + unnoticed} | ${noticed} | ${unnoticed} | ${score} % | ${minutes} |`;
}

const rows = ['| folder | mutants | killed | survived | score | minutes |', '|---|---|---|---|---|---|'];
const folders = process.argv.slice(2);
for (const folder of folders.length > 0 ? folders : FOLDERS) rows.push(await mutate(folder));
console.log(`\n${rows.join('\n')}`);
