import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newKeyring } from './new-keyring.ts';

const WRITER = join(import.meta.dirname, 'writer.ts');

/** `done` resolves to the printed lines when the process has ended. */
function startWriter(keyring: { directory: string; rootKey: Buffer }, firm: string, name: string, count: number) {
	const child = spawn(
		process.execPath,
		[WRITER, keyring.directory, keyring.rootKey.toString('hex'), firm, name, String(count)],
		{ stdio: ['ignore', 'pipe', 'pipe'] },
	);
	let output = '';
	let errors = '';
	child.stderr.on('data', (chunk) => {
		errors += chunk;
	});
	child.stdout.on('data', (chunk) => {
		output += chunk;
	});
	const done = new Promise<{ lines: readonly string[]; errors: string }>((resolve) => {
		child.on('close', () => resolve({ lines: output.slice(0, output.lastIndexOf('\n')).split('\n'), errors }));
	});
	/** Resolves when the process has printed the words. */
	async function untilPrinted(words: string): Promise<void> {
		while (!output.includes(words)) await once(child.stdout, 'data');
	}
	return { child, untilPrinted, done };
}

const wordsAfter = (lines: readonly string[], verb: string) =>
	lines.filter((line) => line.startsWith(`${verb} `)).map((line) => line.slice(verb.length + 1));

describe('several processes', () => {
	it('lose none of each other’s writes, and create one key for a firm', async () => {
		const keyring = await newKeyring();
		const firm = randomUUID();
		const writers = ['a', 'b', 'c', 'd'].map((name) => startWriter(keyring, firm, name, 10));
		const ended = await Promise.all(writers.map(({ done }) => done));
		expect(ended.map(({ errors }) => errors)).toEqual(['', '', '', '']);
		const lines = ended.flatMap((end) => end.lines);
		const granted = wordsAfter(lines, 'granted');
		expect(granted).toHaveLength(40);
		const worker = await keyring.open('worker');
		const broker = await keyring.open('broker');
		expect((await broker.listGrants(firm)).map(({ name }) => name).sort()).toEqual(granted.sort());
		const rotated = wordsAfter(lines, 'rotated').map(Number);
		expect(rotated.sort((left, right) => left - right)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
		expect(await worker.describeKey(firm)).toMatchObject({ version: 9 });
	});

	it('continue at once if one is killed while it writes, and lose nothing that it had acknowledged', async () => {
		const keyring = await newKeyring();
		const firm = randomUUID();
		const acknowledged: string[] = [];
		for (const round of [1, 2, 5, 8]) {
			const { child, untilPrinted, done } = startWriter(keyring, firm, `r${round}`, 0);
			await untilPrinted(`granted r${round}-${round}\n`);
			child.kill('SIGKILL');
			const { lines } = await done;
			acknowledged.push(...wordsAfter(lines, 'granted'));
			await (await keyring.open('broker')).createGrant({ name: `survivor-${round}`, firm, class: 'NOTE' });
		}
		const names = (await (await keyring.open('broker')).listGrants(firm)).map(({ name }) => name);
		expect(acknowledged.length).toBeGreaterThanOrEqual(1 + 2 + 5 + 8);
		expect(names).toEqual(expect.arrayContaining(acknowledged));
		expect((await readdir(keyring.firmPath(firm))).filter((name) => name.startsWith('.'))).toEqual([]);
	});

	it('see at once what another has revoked, disabled or granted', async () => {
		const { open } = await newKeyring();
		const [worker, broker, operator] = await Promise.all([open('worker'), open('broker'), open('operator')]);
		const context = { firm: randomUUID(), class: 'NOTE' };
		await worker.createKey(context.firm);
		const { wrapped } = await worker.generateDataKey(context);
		for (let round = 0; round < 5; round++) {
			await broker.createGrant({ name: 'lease', ...context });
			await operator.unwrap(context, wrapped);
			await broker.revokeGrant({ name: 'lease', firm: context.firm });
			await expect(operator.unwrap(context, wrapped)).rejects.toMatchObject({ reason: 'REFUSED' });
		}
	});

	it('all succeed when many change one firm at the same time', async () => {
		const { open } = await newKeyring();
		const [worker, broker] = await Promise.all([open('worker'), open('broker')]);
		const firm = randomUUID();
		await worker.createKey(firm);
		const names = Array.from({ length: 40 }, (_, index) => `lease-${index}`);
		await Promise.all(names.map((name) => broker.createGrant({ name, firm, class: 'NOTE' })));
		expect((await broker.listGrants(firm)).map(({ name }) => name).sort()).toEqual(names.sort());
	});
});
