import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { showProgress } from '../src/cli/progress.ts';
import { AUDIT_STEPS, measureAudit } from './audit/measure-audit.ts';
import { type Cloak, openCloak } from './cloak.ts';
import { renderTable, type Table } from './comparison.ts';
import { FIELD_STEPS, measureField } from './field/measure-field.ts';
import { type Facts, renderFacts } from './files/facts.ts';
import { FILE_STEPS, measureFiles } from './files/measure-files.ts';
import { makeInstallation } from './installation.ts';
import { measureFirstReaders } from './keys/first-readers.ts';
import { lifecycleSteps, measureLifecycle } from './lifecycle/measure-lifecycle.ts';
import { LOAD_STEPS, measureLists } from './list/measure-lists.ts';
import { describeMachine, readMachine } from './machine.ts';
import { installPeers } from './peers.ts';
import { FULL, QUICK, type Scale } from './scale.ts';

/** `npm run bench`: tables on standard output, progress on standard error. */
const { values } = parseArgs({ options: { json: { type: 'string' }, quick: { type: 'boolean', default: false } } });

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
	process.once(signal, () => interruption.abort(new Error('interrupted')));

interface Measured {
	readonly tables: readonly Table[];
	readonly facts: readonly Facts[];
}

async function measure(cloak: Cloak | null, scale: Scale, signal: AbortSignal): Promise<Measured> {
	const installation = await makeInstallation();
	try {
		const fields = showProgress('One field', FIELD_STEPS);
		const field = await measureField(installation, cloak, scale, signal, fields.step).finally(fields.end);
		const loads = showProgress('Lists', LOAD_STEPS);
		const lists = await measureLists(installation, cloak, scale, signal, loads.step).finally(loads.end);
		const streams = showProgress('Files', FILE_STEPS);
		const files = await measureFiles(cloak !== null, scale, signal, streams.step).finally(streams.end);
		const readers = await measureFirstReaders(installation);
		const logs = showProgress('Audit', AUDIT_STEPS);
		const audit = await measureAudit(installation, scale, signal, logs.step).finally(logs.end);
		const jobs = showProgress('Lifecycle', lifecycleSteps(scale));
		const lifecycle = await measureLifecycle(installation, scale, signal, jobs.step).finally(jobs.end);
		return { tables: [...field, ...lists, ...files.tables], facts: [...files.facts, readers, ...audit, ...lifecycle] };
	} finally {
		await installation.close();
	}
}

const peers = installPeers();
const cloak = peers && (await openCloak());
const started = performance.now();
const at = new Date().toISOString();
const machine = readMachine();
const { tables, facts } = await measure(cloak, values.quick ? QUICK : FULL, interruption.signal);
const seconds = Math.round((performance.now() - started) / 1000);

const beside = peers ? Object.entries(peers).map(([name, version]) => `${name} ${version}`) : ['without peers'];
process.stdout.write(
	`\n${describeMachine(machine)}; ${beside.join(', ')}; ${seconds} s${values.quick ? ', quick' : ''}\n\n`,
);
for (const table of tables) process.stdout.write(`${renderTable(table)}\n`);
for (const each of facts) process.stdout.write(`${renderFacts(each)}\n`);
if (values.json !== undefined) {
	const result = { at, machine, peers, quick: values.quick, seconds, unit: 'microseconds', tables, facts };
	writeFileSync(values.json, `${JSON.stringify(result, null, '\t')}\n`);
}
