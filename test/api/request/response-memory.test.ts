import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import type { Principal } from '../../../src/access/index.ts';
import { createResponseMemory } from '../../../src/api/request/response-memory.ts';
import { member, operator } from '../../content/workbench.ts';

it('part of the response memory is reserved for operators and auditors, however many firms fill theirs, and is freed on close', () => {
	const roomOf = createResponseMemory();
	const retries: string[] = [];
	/** Returns the function that ends the answer. */
	const take = (principal: Principal, mib: number) => {
		const raw = Object.assign(new EventEmitter(), { req: { socket: new EventEmitter() } });
		roomOf(principal, { raw, header: (_: string, value: string) => retries.push(value) } as never)(mib * 2 ** 20);
		return () => raw.emit('close');
	};
	const of = (firm: string, user: string, mib = 32) => take({ ...member, firm, user }, mib);
	const held = ['a', 'b', 'c'].flatMap((firm) => ['x', 'y'].map((user) => of(firm, firm + user)));
	expect(() => of('d', 'dx', 2)).toThrow(expect.objectContaining({ code: 'RATE_LIMITED' }));
	for (const user of ['auditor', 'operator']) take({ ...operator, user }, 32);
	expect(() => take({ ...operator, user: 'approver' }, 2)).toThrow(expect.objectContaining({ code: 'RATE_LIMITED' }));
	expect(retries).toEqual(['5', '5']);
	held[0]?.();
	of('d', 'dx');
});
