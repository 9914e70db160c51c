import { v7 as uuidv7 } from 'uuid';
import { isCommittedJoining, parseStatement, verifyStatement } from '../../custody/index.ts';
import {
	type DeviceRequestRow,
	insertDeviceRequest,
	isRequestLimitExceeded,
	selectOpenDeviceRequest,
	type Transaction,
	takeDeviceRequestStep,
} from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { ActingMember, RequestServices } from '../acting-member.ts';
import type { LogActor } from './append-rules.ts';
import { isHolder } from './shares.ts';

/**
 * A new device of the member wants to join (src/custody/FORMAT.md, section 11).
 * @throws FirmsealError RATE_LIMITED for a sixth open request of the person, or too many of the firm; AUDIT_UNAVAILABLE
 */
export async function requestDevice(
	{ plane }: RequestServices,
	{ firm, user }: ActingMember,
	commitment: string,
): Promise<DeviceRequestRow> {
	const id = uuidv7();
	try {
		return await plane.write(firm, async (tx) => {
			await insertDeviceRequest(tx, { firmId: firm, id, person: user, commitment });
			return requireOpen(tx, firm, id);
		});
	} catch (error) {
		if (isRequestLimitExceeded(error))
			throw new FirmsealError(
				'RATE_LIMITED',
				'Too many devices want to join: end your open requests, or try again in a minute.',
			);
		throw error;
	}
}

/**
 * An old device answers, of the same person, or of an OWNER for someone else.
 * @throws FirmsealError BAD_USER_INPUT for a log that the service does not have, NOT_FOUND, CONFLICT if another device was first
 */
export async function challengeDevice(
	services: RequestServices,
	{ firm, user }: ActingMember,
	actor: LogActor,
	{
		id,
		...answer
	}: { readonly id: string; readonly challenge: string; readonly genesis: string; readonly head: string },
): Promise<DeviceRequestRow> {
	const log = await services.keyLogs.read(firm);
	if (log?.genesis !== answer.genesis || log.chain.seqOf(answer.head) === undefined)
		throw new FirmsealError(
			'BAD_USER_INPUT',
			'The challenge names another log than that of the firm: read the key log again, and compare what your devices believe.',
		);
	return takeStep(services, firm, id, (was) => {
		assertConcerned(was, actor);
		return was.challenge === null ? { ...answer, answeredBy: user } : null;
	});
}

/**
 * The new device reveals itself. Only the person whose request it is can send this.
 * @throws FirmsealError BAD_USER_INPUT if it is not the device that was committed to, or if its statement is for another log; NOT_FOUND,
 * CONFLICT
 */
export async function revealDevice(
	services: RequestServices,
	{ firm, user }: ActingMember,
	{ id, reveal, statement }: { readonly id: string; readonly reveal: string; readonly statement: string },
): Promise<DeviceRequestRow> {
	return takeStep(services, firm, id, async (was) => {
		if (was.person !== user) throw foreignRequestError();
		if (was.challenge === null || was.genesis === null || was.reveal !== null) return null;
		const place = { firm, genesis: was.genesis, person: user };
		const stated = await verifyStatement(parseStatement(statement), place);
		const bytes = new Uint8Array(Buffer.from(reveal, 'base64'));
		if (!(await isCommittedJoining({ firm, person: user, device: stated.id }, bytes, was.commitment)))
			throw new FirmsealError(
				'BAD_USER_INPUT',
				'This is not the device that the request committed to: begin again on the new device.',
			);
		return { reveal, statement };
	});
}

/**
 * Ends a request: as added, once the key log has the device, or as refused.
 * @throws FirmsealError BAD_USER_INPUT if the log does not have the device, NOT_FOUND, CONFLICT
 */
export async function endDevice(
	services: RequestServices,
	{ firm }: ActingMember,
	actor: LogActor,
	{ id, reason }: { readonly id: string; readonly reason: 'ADDED' | 'REFUSED' },
): Promise<DeviceRequestRow> {
	const log = reason === 'ADDED' ? await services.keyLogs.read(firm) : null;
	return takeStep(services, firm, id, async (was) => {
		assertConcerned(was, actor);
		if (reason === 'REFUSED') return { ended: reason };
		if (was.statement === null || was.genesis === null) return null;
		const place = { firm, genesis: was.genesis, person: was.person };
		const { id: device } = await verifyStatement(parseStatement(was.statement), place);
		if (log?.devices.get(device)?.revoked !== null)
			throw new FirmsealError('BAD_USER_INPUT', 'The key log does not have the device: append its entry first.');
		return { ended: reason };
	});
}

/**
 * Ends a request with a share of the person's recovery key, once the holder whose device answered has compared the code. The service cannot
 * open the share: the new device checks what is in it.
 * @throws FirmsealError FORBIDDEN unless the caller answered and holds a share, on a device of their own; NOT_FOUND, CONFLICT
 */
export async function releaseShare(
	services: RequestServices,
	{ firm, user }: ActingMember,
	{ id, releasedBy, share }: { readonly id: string; readonly releasedBy: string; readonly share: string },
): Promise<DeviceRequestRow> {
	const log = await services.keyLogs.read(firm);
	return takeStep(services, firm, id, ({ person, answeredBy, reveal }) => {
		const way = log?.people.get(person)?.ways.find((each) => each.way === 'OWNERS');
		const isAnswerer = answeredBy === user && log?.devices.get(releasedBy)?.person === user;
		if (!log || !way || !isAnswerer || !isHolder(log, person, way.id, releasedBy))
			throw new FirmsealError(
				'FORBIDDEN',
				'Only a holder whose own device answered this request releases a share to it: begin again on the new device.',
			);
		return reveal === null ? null : { ended: 'RELEASED', releasedBy, share };
	});
}

type Step = Parameters<typeof takeDeviceRequestStep>[2];

/** `step` returns null if the request is not ready for it. */
async function takeStep(
	{ plane }: RequestServices,
	firm: string,
	id: string,
	step: (was: DeviceRequestRow) => Promise<Step | null> | Step | null,
): Promise<DeviceRequestRow> {
	const was = await plane.read(firm, (tx) => requireOpen(tx, firm, id));
	const taken = await step(was);
	const row = taken && (await plane.write(firm, (tx) => takeDeviceRequestStep(tx, was, taken)));
	if (row) return row;
	throw new FirmsealError(
		'CONFLICT',
		'The request of the device is not ready for this step, or another device took it first: read it again.',
	);
}

async function requireOpen(tx: Transaction, firm: string, id: string): Promise<DeviceRequestRow> {
	const row = await selectOpenDeviceRequest(tx, firm, id);
	if (row) return row;
	throw new FirmsealError(
		'NOT_FOUND',
		'The firm has no open request with this id: it has ended, or its 15 minutes are over. Begin again on the new device.',
	);
}

function assertConcerned({ person }: DeviceRequestRow, { user, role }: LogActor): void {
	if (person !== user && role !== 'OWNER') throw foreignRequestError();
}

const foreignRequestError = () =>
	new FirmsealError('FORBIDDEN', 'The device is of another person: only that person, or an owner, answers it.');
