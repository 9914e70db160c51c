import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assertNoFindings, type KitDocument, type KitReport, runKit, runRandom } from '../../src/testing/index.ts';
import { scale } from '../support/scale.ts';
import { MARKER } from './kit-firm.ts';
import { makeWorkspaceKit, type WorkspaceKit } from './workspace-kit.ts';

let kit: WorkspaceKit;
let report: KitReport;
beforeAll(async () => {
	kit = await makeWorkspaceKit();
	// The long paths take a minute and are in test/testing/coverage.soak.test.ts.
	report = await runKit({ ...kit.options, only: ({ steps }) => steps.length <= 2 });
});
afterAll(() => kit?.close());

describe('the project’s own schema', () => {
	it('opens content only for permitted callers, by each operation and in every form', () => {
		assertNoFindings(report);
	});

	it('reaches every encrypted field with a permitted caller', () => {
		for (const { coordinate } of kit.options.registry.fields) {
			const paths = report.walked.filter(({ path }) => path.field.coordinate === coordinate);
			for (const name of ['OWNER', 'MEMBER'])
				expect(
					[coordinate, paths.some(({ outcomes }) => outcomes[name] === 'VALUE')],
					'Give it a value in kit-firm.ts, its operations arguments in kit-arguments.ts, and in kit-rights.ts who reaches them.',
				).toEqual([coordinate, true]);
		}
	});

	it('reveals nothing to randomly generated queries', async () => {
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
