import { describe, expect, it } from 'vitest';
import { AuditProofError } from '../../../src/audit/verify/index.ts';
import { type AnchoredLeaf, readAnchor } from '../../../src/audit/verify/log.ts';
import { anchoredLog, edited, KEY, ROOT_VKEY, withLine } from './anchor-cases.ts';
import { linesIn } from './file-bytes.ts';
import { canonical, FIRM, originOf, ROOT, TestLog } from './write-log.ts';

const log = anchoredLog();
const [first, second] = log.anchors as [string, string];

async function refuses(anchor: string | Uint8Array, message: string, vkeys?: readonly string[]) {
	const options = vkeys === undefined ? {} : { vkeys };
	await expect(readAnchor(linesIn(anchor), options)).rejects.toBeInstanceOf(AuditProofError);
	await expect(readAnchor(linesIn(anchor), options)).rejects.toThrow(message);
}

it('reads one anchor from the middle of a chain, part by part', async () => {
	const seen: string[] = [];
	const leaves: AnchoredLeaf[] = [];
	const anchor = await readAnchor(linesIn(second), {
		onHeader: ({ number }) => void seen.push(`header ${number}`),
		onSection: ({ origin, from, to }) => void seen.push(`${origin} ${from} ${to}`),
		onLeaf: async (leaf) => void leaves.push(leaf),
		onNote: (note) => void seen.push(note.split('\n')[1] as string),
	});
	const [firm, other, root] = anchor.sections;
	expect(seen).toEqual([
		'header 1',
		...[firm, other, root].map((section) => `${section?.origin} ${section?.from} ${section?.to}`),
		String(root?.to),
	]);
	expect(firm).toEqual({ origin: originOf(FIRM), from: 5, to: 9 });
	expect(leaves.slice(0, 4)).toEqual(
		log
			.leaves(FIRM)
			.slice(5, 9)
			.map((leaf, at) => ({ origin: originOf(FIRM), index: 5 + at, leaf })),
	);
	expect(leaves.at(-1)).toEqual({ origin: ROOT, index: (root?.to ?? 0) - 1, leaf: log.root[(root?.to ?? 0) - 1] });
});

it('checks the signature if it is given keys', async () => {
	expect((await readAnchor(linesIn(first), { vkeys: [ROOT_VKEY] })).number).toBe(0);
	expect((await readAnchor(linesIn(second), { vkeys: [ROOT_VKEY] })).number).toBe(1);
	await refuses(second, 'no signature by the verifier key', [log.vkey(ROOT)]);
	await refuses(first, 'another tree', [log.vkey(originOf(FIRM), KEY)]);
	await refuses(first, 'No verifier key is given', []);
	const older = new TestLog(KEY);
	await refuses(withLine(first, -1, { checkpoint: older.rootNote() }), 'another size', [ROOT_VKEY]);
});

it('rethrows an error of its listener unchanged', async () => {
	const full = new Error('The disk is full.');
	await expect(readAnchor(linesIn(first), { onLeaf: () => Promise.reject(full) })).rejects.toBe(full);
});

describe('the format of an anchor', () => {
	const sectionLine = (file: string, origin: string) =>
		file.split('\n').findIndex((line) => line.startsWith('{"from":') && line.includes(`"${origin}"`));
	const firm = sectionLine(first, originOf(FIRM));
	const root = sectionLine(first, ROOT);

	it.each([
		[{ format: 'firmseal-audit-bundle' }, 'not an anchor'],
		[{ v: 2 }, 'another version'],
		[{ more: 1 }, 'not have exactly the keys'],
		[{ installation: null }, 'not a text'],
		[{ number: -1 }, 'not an integer'],
		[{ number: '0' }, 'not an integer'],
		[{ number: 1 }, 'The first anchor, and only the first'],
		[{ incarnation: 0 }, 'counted from 1'],
		[{ incarnation: 1.5 }, 'not an integer'],
		[{ previous: 'A'.repeat(64) }, '64 hexadecimal digits'],
		[{ previous: '0'.repeat(63) }, '64 hexadecimal digits'],
		[{ previous: 0 }, '64 hexadecimal digits'],
	])('refuses a header with %j', async (changes, message) => refuses(withLine(first, 0, changes), message));

	it.each([
		[{ to: 0 }, 'no leaves'],
		[{ from: 5 }, 'no leaves'],
		[{ from: -1 }, 'not an integer'],
		[{ to: null }, 'not an integer'],
		[{ more: 1 }, 'not have exactly the keys'],
		[{ origin: null }, 'not a text'],
		[{ origin: 'vault.example/firmseal/x' }, 'not that of the tree of a firm'],
		[{ origin: `other.example/firmseal/${FIRM}` }, 'another installation'],
		[{ origin: originOf(null) }, 'order of their origins'],
		[{ origin: originOf(FIRM.replace('f1', 'F1')) }, 'not that of the tree of a firm'],
	])('refuses a section with %j', async (changes, message) => refuses(withLine(first, firm, changes), message));

	it('requires the sections in order, with that of the root tree last and once', async () => {
		const swapped = edited(first, ([header, ...lines]) => [
			header as string,
			...lines.slice(2, 8),
			...lines.slice(0, 2),
			...lines.slice(8),
		]);
		await refuses(swapped, 'order of their origins');
		await refuses(
			edited(first, (lines) => [...lines.slice(0, root), lines.at(-1) as string]),
			'not have exactly the keys',
		);
		await refuses(
			edited(first, (lines) => [...lines.slice(0, -1), ...lines.slice(root)]),
			'not have exactly the keys',
		);
		await refuses(
			edited(first, (lines) => [
				lines[0] as string,
				...lines.slice(root, -1),
				...lines.slice(1, root),
				lines.at(-1) as string,
			]),
			'not have exactly the keys',
		);
	});

	it('requires the leaves of the root tree to be canonical JSON strings', async () => {
		const line = (text: string) => edited(first, (lines) => lines.with(root + 2, text));
		await refuses(line('{}'), 'not written as a JSON string');
		await refuses(line('5'), 'not written as a JSON string');
		await refuses(line('"\\u0041"'), 'not canonical');
		await refuses(line('"\\ud800"'), 'not canonical');
		await refuses(line(' "A"'), 'not canonical');
		await refuses(line('"A'), 'not JSON');
	});

	it('requires one checkpoint at the end', async () => {
		await refuses(
			edited(first, (lines) => lines.slice(0, -1)),
			'before it is complete',
		);
		await refuses(
			edited(first, (lines) => [...lines, lines.at(-1) as string]),
			'goes on after its last line',
		);
		await refuses(withLine(first, -1, { more: 1 }), 'not have exactly the keys');
		await refuses(withLine(first, -1, { checkpoint: null }), 'not a text');
		await refuses(`${first}\n`, 'goes on after its last line');
		await refuses(first.slice(0, -1), 'is cut in line');
		await refuses('', 'before it is complete');
		await refuses(first.replaceAll('\n', '\r\n'), 'not canonical');
		await refuses(`\ufeff${first}`, 'not JSON');
		await refuses(canonical({}), 'is cut in line 1');
	});
});
