import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
	assertNoFindings,
	type KitDocument,
	type KitReport,
	renderCoverage,
	runKit,
	runRandom,
} from '../../src/testing/index.ts';
import { isSoak, scale } from '../support/scale.ts';
import { MARKER } from './kit-firm.ts';
import { makeWorkspaceKit, type WorkspaceKit } from './workspace-kit.ts';

const PAGE = new URL('../../docs/coverage.md', import.meta.url);

let kit: WorkspaceKit;
let report: KitReport;
beforeAll(async () => {
	kit = await makeWorkspaceKit();
	// The long ways, too, take a minute: the fast tier takes each operation's own.
	report = await runKit(isSoak ? kit.options : { ...kit.options, only: ({ steps }) => steps.length <= 2 });
}, 600_000);
afterAll(() => kit?.close());

describe('the project’s own schema', () => {
	it('gives content to whom it belongs, by every path and in every form, and to nobody else', () => {
		assertNoFindings(report);
	});

	it.runIf(isSoak)('is walked as docs/coverage.md says, or npm run coverage shows what has changed (soak only)', () => {
		const page = pageOf(report);
		if (process.env.FIRMSEAL_WRITE_COVERAGE) writeFileSync(PAGE, page);
		expect(readFileSync(PAGE, 'utf8')).toBe(page);
	});

	it('reaches every encrypted field for whoever opens it', () => {
		for (const { coordinate } of kit.options.registry.fields) {
			const paths = report.walked.filter(({ path }) => path.field.coordinate === coordinate);
			for (const name of ['OWNER', 'MEMBER'])
				expect([coordinate, paths.some(({ outcomes }) => outcomes[name] === 'VALUE')]).toEqual([coordinate, true]);
		}
	});

	it('gives nothing away to any query that can be drawn', async () => {
		let withContent = 0;
		const principals = kit.options.principals.map((principal) => ({
			...principal,
			async ask(documents: readonly KitDocument[]) {
				const exchange = await principal.ask(documents);
				if (JSON.stringify(exchange.answers).includes(MARKER)) withContent += 1;
				return exchange;
			},
		}));
		assertNoFindings({ findings: await runRandom({ ...kit.options, principals }, { runs: scale(300, 100) }) });
		expect(withContent).toBeGreaterThan(scale(10, 2));
	});
});

const pageOf = (of: KitReport): string => `# Coverage

Made by \`npm run coverage\`, from a run of the test kit (src/testing/) over the schema as it is executed: the paths to each
encrypted field that no type is met on twice, but for one step back, as every kind of principal. Each was asked plainly
and, unless it changes something, in one other form in turn; the shortest path to each field in every form.

- **value**: the field's value came; it was opened and recorded for exactly these records.
- **withheld**: null, told in \`extensions.sealed\` with its reason, recorded as a denial; no statement named the column.
- **-**: no object is met on the way: an error, null, or an empty list.

${of.walked.length} paths were walked with ${of.documents} documents, ${of.findings.length} findings. ${of.leftOut.length} paths were left out, since nothing can be at their end
(test/testing/kit-arguments.ts says which): comments that would be about two things at once, which are the most; parts of
what a mutation has just made; files of documents that have none yet.

${renderCoverage(of)}
`;
