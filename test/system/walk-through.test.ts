import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Env, endAll, launch, MAIN, newDirectory, PROJECT, type RunningApi, startApi } from './program.ts';

/** The commands of the README's section "Break-glass", as they stand there. */
function commands(): string {
	const [, section = ''] = readFileSync(join(PROJECT, 'README.md'), 'utf8').split('\n## Break-glass\n');
	return /```sh\n([\s\S]*?)```/.exec(section)?.[1] ?? '';
}

describe('the README’s walk through break-glass', () => {
	let env: Env;
	let api: RunningApi;
	beforeAll(async () => {
		env = { FIRMSEAL_DATA_DIR: newDirectory(), FIRMSEAL_PORT: '0' };
		api = await startApi(env);
	});
	afterAll(endAll);

	it('shows against `npm start` what it says', async () => {
		const script = [
			'set -euo pipefail',
			// npx finds the program wherever the package is; here it is the checkout's own.
			`npx() { shift; '${process.execPath}' '${MAIN}' "$@"; }`,
			commands().replaceAll('http://127.0.0.1:4000', api.url),
		].join('\n');
		const path = `${dirname(process.execPath)}:${process.env.PATH}`;
		const { code, stdout, stderr } = await launch({ ...env, PATH: path }, 'bash', ['-c', script]).ended;
		expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
		const answers = stdout.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
		const [byOwner, byApprover, activated, read, outside, revoked, refused, report, ...more] = answers;
		expect(more).toEqual([]);
		expect(byOwner.data.approveBreakGlass.lease).toEqual({ state: 'REQUESTED' });
		expect(byApprover.data.approveBreakGlass.lease).toEqual({ state: 'APPROVED' });
		expect(activated.data.activateBreakGlass.lease).toMatchObject({ state: 'ACTIVE' });
		expect(read.data.note.title).toMatch(/\S/);
		expect(read.extensions).toBeUndefined();
		expect(outside.data.note).toEqual({ body: null });
		expect(outside.extensions.sealed).toEqual([{ coordinate: 'Note.body', reason: 'COORDINATE', count: 1 }]);
		expect(revoked.data.revokeBreakGlass.lease).toEqual({ state: 'REVOKED' });
		expect(refused.errors[0].extensions.code).toBe('LEASE_NOT_ACTIVE');
		expect(refused.data ?? null).toBeNull();
		const lease = report.data.breakGlassLease;
		expect(lease).toMatchObject({ state: 'REVOKED', used: 1, isReviewed: false });
		expect(lease.openings.nodes).toEqual([{ coordinates: ['Note.title'], recordIds: [expect.any(String)] }]);
	});
});
