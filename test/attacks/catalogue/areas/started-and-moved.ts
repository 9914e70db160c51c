import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { type DjangoKey, openDjangoValues } from '../../../../src/adapters/fernet/index.ts';
import { readConfig } from '../../../../src/config.ts';
import { type ContentField, createPlainValues } from '../../../../src/content/index.ts';
import { nodeFacts, productionRefusals } from '../../../../src/production-refusals.ts';
import type { Area } from '../attack.ts';

/** In production, without a plane's settings: what else is refused is said beside. */
function refusalsOf(options: string, args: readonly string[] = []): string[] {
	const config = readConfig({
		FIRMSEAL_ENV: 'production',
		NODE_OPTIONS: `--disable-sigusr1 ${options}`,
	});
	const facts = { roles: [], introspection: false, ...nodeFacts(config, args) };
	return productionRefusals(config, facts, 'api').filter((sentence) => sentence.includes('Node option'));
}

/** Options by which a signal, or the end of a process, leaves its memory or its settings in a file. */
const LEAKING = [
	'--heapsnapshot-signal=SIGUSR2',
	'--report-on-signal',
	'--heapsnapshot-near-heap-limit=1',
	'--abort-on-uncaught-exception',
	'--inspect=0',
];

const { keys, refused } = JSON.parse(readFileSync('test/vectors/django-v1.json', 'utf8')) as {
	readonly keys: readonly DjangoKey[];
	readonly refused: readonly { readonly stored: string }[];
};
const FIELD: ContentField = {
	coordinate: 'Note.body',
	class: 'NOTE',
	table: 'notes',
	column: 'body',
	valueType: 'JSON',
	pad: 0,
	movedFrom: 'django-cryptography',
};

export const startedAndMoved: Area = {
	title: 'What a process is started with, and what is moved into it',
	attacks: [
		{
			attack:
				'A process of production is started so that a signal, a crash or a debugger gives its memory away, by NODE_OPTIONS and on the command line',
			expected: 'A sentence for each option, and no process',
			layer: 'start',
			async run() {
				const refusals = LEAKING.flatMap((option) => [refusalsOf(option), refusalsOf('', [option])]);
				// One of each is of the option; a debugger's is told as well by what is open.
				for (const each of refusals) expect(each).toHaveLength(1);
				expect(refusalsOf('')).toEqual([]);
				return { refusals: refusals.flat() };
			},
		},
		{
			attack:
				'A column that is moved here from django-cryptography holds pickles that import, call, extend or refer to something, under the right key',
			expected: 'CIPHERTEXT_INVALID: what a pickle does is read by its opcodes, and never carried out',
			layer: 'moved value',
			async run() {
				const plain = createPlainValues({ fernet: null, django: openDjangoValues(keys) });
				const refusals = refused.map(({ stored }) => {
					try {
						return `opened: ${plain.decode(FIELD, Buffer.from(stored, 'hex'))}`;
					} catch (error) {
						return `${(error as { code?: string }).code}: ${(error as Error).message}`;
					}
				});
				expect(refusals.length).toBeGreaterThan(10);
				return { refusals };
			},
		},
	],
};
