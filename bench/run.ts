import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { showProgress } from '../src/cli/progress.ts';
import { renderTable } from './comparison.ts';
import { renderFacts } from './facts.ts';
import { makeInstallation } from './installation.ts';
import { describeMachine, readMachine } from './machine.ts';
import { installPeers } from './peers.ts';
import { FULL, QUICK } from './scale.ts';
import { chooseSections, measureSections, type Section } from './section.ts';
import { SECTIONS } from './sections.ts';

/** `npm run bench`: tables on standard output, progress on standard error. */
function readOptions() {
	try {
		const { values } = parseArgs({
			options: { json: { type: 'string' }, only: { type: 'string' }, quick: { type: 'boolean', default: false } },
		});
		return { ...values, sections: chooseSections(SECTIONS, values.only) };
	} catch (error) {
		process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
		process.exit(2);
	}
}

const options: { json?: string; quick: boolean; sections: readonly Section[] } = readOptions();

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
	process.once(signal, () => interruption.abort(new Error('interrupted')));

const peers = installPeers();
const started = performance.now();
const at = new Date().toISOString();
const machine = readMachine();
const { tables, facts } = await measureSections(
	options.sections,
	{ peers, scale: options.quick ? QUICK : FULL, signal: interruption.signal },
	{
		makeInstallation,
		showProgress,
		leaveOut: (title) => process.stderr.write(`${title}: left out, since it asks with autocannon.\n`),
	},
);
const seconds = Math.round((performance.now() - started) / 1000);

const beside = peers ? Object.entries(peers).map(([name, version]) => `${name} ${version}`) : ['without peers'];
process.stdout.write(
	`\n${describeMachine(machine)}; ${beside.join(', ')}; ${seconds} s${options.quick ? ', quick' : ''}\n\n`,
);
for (const table of tables) process.stdout.write(`${renderTable(table)}\n`);
for (const each of facts) process.stdout.write(`${renderFacts(each)}\n`);
if (options.json !== undefined) {
	const result = { at, machine, peers, quick: options.quick, seconds, unit: 'microseconds', tables, facts };
	writeFileSync(options.json, `${JSON.stringify(result, null, '\t')}\n`);
}
