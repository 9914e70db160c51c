import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assertNoFindings, type KitReport, renderCoverage, runKit } from '../../src/testing/index.ts';
import { makeWorkspaceKit, type WorkspaceKit } from './workspace-kit.ts';

const PAGE = new URL('../../docs/reference/coverage.md', import.meta.url);

let kit: WorkspaceKit;
let report: KitReport;
beforeAll(async () => {
	kit = await makeWorkspaceKit();
	report = await runKit(kit.options);
}, 600_000);
afterAll(() => kit?.close());

describe('the project’s own schema', () => {
	it('opens content only for permitted callers, by every path and in every form', () => {
		assertNoFindings(report);
	});

	it('has the coverage that docs/reference/coverage.md lists; if not, run npm run coverage and review the difference', () => {
		const page = pageOf(report);
		if (process.env.FIRMSEAL_WRITE_COVERAGE) writeFileSync(PAGE, page);
		expect(readFileSync(PAGE, 'utf8')).toBe(page);
	});
});

const pageOf = (of: KitReport): string => `# Coverage

*Reference. For anyone who asks whether every way to content was tried.*

\`npm run coverage\` writes this page from a run of the test kit (src/testing/) over the executable schema. It walks every path to each
encrypted field on which no type occurs twice, except for one step back, as every kind of principal. Each path was queried plainly
and, unless it changes something, in one other form in turn; the shortest path to each field was queried in every form.

- **value**: the field's value was returned, and the opening was recorded for exactly these records.
- **withheld**: null, with its reason in \`extensions.sealed\`, recorded as a denial; no SQL statement named the column.
- **-**: the path reaches no object: an error, null, or an empty list.

${of.walked.length} paths were walked with ${of.documents} documents, ${of.findings.length} findings. ${of.leftOut.length} paths were left out because
nothing can be at their end (test/testing/kit-arguments.ts lists them): mostly comments that would be about two things at once, then
parts of what a mutation has just made, and files of documents that have none yet.

${renderCoverage(of)}
`;
