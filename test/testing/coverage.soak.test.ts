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
	it('opens content for permitted callers only, by every path and in every form', () => {
		assertNoFindings(report);
	});

	it('has the coverage that docs/reference/coverage.md lists; if not, run npm run coverage and review the difference', () => {
		const page = pageOf(report);
		if (process.env.FIRMSEAL_WRITE_COVERAGE) writeFileSync(PAGE, page);
		expect(readFileSync(PAGE, 'utf8')).toBe(page);
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
