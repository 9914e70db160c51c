import { writeFileSync } from 'node:fs';
import { showProgress } from '../src/cli/print/progress.ts';
import { makeInstallation } from './data/installation.ts';
import { renderTable } from './harness/comparison.ts';
import { renderFacts } from './harness/facts.ts';
import { describeMachine, readMachine } from './harness/machine.ts';
import { installPeers } from './harness/peers.ts';
import { measureSections, type Result } from './harness/section.ts';
import { type Options, readOptions } from './options.ts';
import { baselineOf, guard, renderGuard, TOLERANCE } from './report/guard.ts';
import { DOCS, readBaseline, writeReport } from './report/write-report.ts';
import { FULL, QUICK } from './scale.ts';
import { SECTIONS } from './sections.ts';
import { soak } from './wide/soak.ts';

/** `npm run bench`: writes tables to standard output, and progress to standard error. */
async function run({ sections, quick, json, docs, guard: isGuard }: Options, signal: AbortSignal): Promise<void> {
	const peers = installPeers();
	const started = performance.now();
	const at = new Date().toISOString();
	const machine = readMachine();
	const measured = await measureSections(
		sections,
		{ peers, scale: quick ? QUICK : FULL, signal },
		{
			makeInstallation,
			showProgress,
			leaveOut: (title, missing) => process.stderr.write(`${title}: skipped, because it needs ${missing}.\n`),
		},
	);
	const seconds = Math.round((performance.now() - started) / 1000);
	const result: Result = { at, machine, peers, quick, seconds, sections: measured };
	process.stdout.write(render(result));
	if (json !== null) writeFileSync(json, `${JSON.stringify(flat(result), null, '\t')}\n`);
	if (docs !== null && peers === null)
		process.stderr.write('docs/reference/performance.md was not written, because too many sections were skipped.\n');
	else if (docs !== null) writeReport(docs, result);
	const committed = isGuard ? readBaseline(DOCS) : null;
	if (committed === null) return;
	const found = guard(committed, baselineOf(result), quick ? TOLERANCE.quick : TOLERANCE.full);
	process.stdout.write(renderGuard(found, committed.at));
	if (found.regressions.length > 0) process.exitCode = 1;
}

function render({ machine, peers, seconds, quick, sections }: Result): string {
	const beside = peers ? Object.entries(peers).map(([name, version]) => `${name} ${version}`) : ['without peers'];
	return [
		'',
		`${describeMachine(machine)}; ${beside.join(', ')}; ${seconds} s${quick ? ', quick' : ''}`,
		'',
		...sections.flatMap(({ tables, facts }) => [...tables.map(renderTable), ...facts.map(renderFacts)]),
		'',
	].join('\n');
}

const flat = ({ sections, ...run }: Result) => ({
	...run,
	unit: 'microseconds',
	tables: sections.flatMap(({ tables }) => tables),
	facts: sections.flatMap(({ facts }) => facts),
});

function optionsOrEnd(): Options {
	try {
		return readOptions(process.argv.slice(2), SECTIONS, soak);
	} catch (error) {
		process.stderr.write(`${error instanceof Error ? error.message : 'unknown error'}\n`);
		process.exit(2);
	}
}

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
	process.once(signal, () => interruption.abort(new Error('interrupted')));

await run(optionsOrEnd(), interruption.signal).catch((error: unknown) => {
	if (!interruption.signal.aborted) throw error;
	process.stderr.write('Interrupted: nothing was written.\n');
	process.exitCode = 130;
});
