import type { DeviceStatement } from '../../custody/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { VaultOperations, VaultState } from '../vault/index.ts';
import type { DeviceConnection } from './connection.ts';
import {
	CHALLENGE_DEVICE,
	DEVICE_REQUESTS,
	END_DEVICE,
	RECOVERY_SHARES,
	RELEASE_SHARE,
	REQUEST_DEVICE,
	REVEAL_DEVICE,
} from './joining-operations.ts';
import { listOf, objectOf, textOf } from './served.ts';
import { type DeviceRequest, deviceRequestOf } from './served-request.ts';

type ReleasedShare = Awaited<ReturnType<VaultOperations['releaseShare']>>;
type CheckedJoining = Awaited<ReturnType<VaultOperations['checkJoin']>>;

/** The steps of JoiningSteps. */
export class Joining {
	readonly #connection: DeviceConnection;
	#request: string | null = null;
	#isCompared = false;

	constructor(connection: DeviceConnection) {
		this.#connection = connection;
	}

	async ask(): Promise<string> {
		const { vault, service } = this.#connection.parts;
		const { commitment } = await vault.joinCommit();
		const { requestDevice } = await service.request(REQUEST_DEVICE, { input: { commitment } });
		const { id } = deviceRequestOf(objectOf(requestDevice).request);
		this.#request = id;
		this.#isCompared = false;
		return id;
	}

	async reveal(): Promise<string | null> {
		const { vault, service } = this.#connection.parts;
		const request = await this.#own();
		if (request.challenge === null) return null;
		const { code, reveal, statement } = await vault.joinChallenge(request.challenge);
		const input = { id: request.id, reveal, statement: JSON.stringify(statement) };
		await service.request(REVEAL_DEVICE, { input });
		return code;
	}

	async finish(isSameCode: boolean): Promise<VaultState | null> {
		const connection = this.#connection;
		const { vault } = connection.parts;
		await this.#compare(isSameCode);
		const { state } = await this.#own();
		if (state === 'RELEASED')
			throw new FirmsealError('CONFLICT', 'The other device released a share to this one: recover instead of joining.');
		if (state !== 'ADDED') return null;
		const { device } = await vault.state();
		const { last: _, ...log } = await connection.readLog(device.firm, null);
		await vault.joinFinish(log);
		return connection.sync();
	}

	async share(isSameCode: boolean): Promise<ReleasedShare | null> {
		await this.#compare(isSameCode);
		const { released, state } = await this.#own();
		if (state === 'ADDED')
			throw new FirmsealError('CONFLICT', 'The other device added this one to the firm: join instead of recovering.');
		return released;
	}

	/** Tells the vault once what the person says, however often the service is asked. */
	async #compare(isSameCode: boolean): Promise<void> {
		if (this.#isCompared && isSameCode) return;
		await this.#connection.parts.vault.joinCompared({ isSameCode });
		this.#isCompared = true;
	}

	async #own(): Promise<DeviceRequest> {
		const request = (await readDeviceRequests(this.#connection)).find(({ id }) => id === this.#request);
		if (request?.state === 'REFUSED')
			throw new FirmsealError(
				'FORBIDDEN',
				'The other device refused this one. Ask its owner, then begin to join again.',
			);
		if (!request)
			throw new FirmsealError('NOT_FOUND', 'The request to join is over, after 15 minutes. Begin to join again.');
		return request;
	}
}

/** The steps of AnsweringSteps. */
export class Answering {
	readonly #connection: DeviceConnection;

	constructor(connection: DeviceConnection) {
		this.#connection = connection;
	}

	requests(): Promise<readonly DeviceRequest[]> {
		return readDeviceRequests(this.#connection);
	}

	async answer({ id, commitment }: Pick<DeviceRequest, 'id' | 'commitment'>, person: string): Promise<void> {
		const { vault, service } = this.#connection.parts;
		await this.#connection.refresh();
		const challenge = await vault.answerJoin({ person, commitment });
		await service.request(CHALLENGE_DEVICE, { input: { id, ...challenge } });
	}

	async check(id: string): Promise<CheckedJoining | null> {
		const request = (await this.requests()).find((each) => each.id === id);
		if (!request)
			throw new FirmsealError('NOT_FOUND', 'The request of the device is over, after 15 minutes. Begin again.');
		if (request.revealed === null) return null;
		const { reveal, statement } = request.revealed;
		return this.#connection.parts.vault.checkJoin({ reveal, statement: statementOf(statement) });
	}

	async approve(id: string): Promise<VaultState> {
		const { vault } = this.#connection.parts;
		const state = await this.#connection.append(() => vault.approveJoin());
		await this.#end(id, 'ADDED');
		return state;
	}

	async release(id: string): Promise<void> {
		const connection = this.#connection;
		const { vault, service } = connection.parts;
		const { device } = await connection.refresh();
		const request = (await this.requests()).find((each) => each.id === id);
		const { recoveryShares } = await service.request(RECOVERY_SHARES, { recipient: device.id });
		const held = listOf(recoveryShares).map(heldShareOf);
		const released = await releaseNewest(
			vault,
			held.filter(({ person }) => person === request?.person),
		);
		await service.request(RELEASE_SHARE, { input: { id, ...released } });
	}

	async refuse(id: string): Promise<void> {
		await this.#connection.parts.vault.refuseJoin();
		await this.#end(id, 'REFUSED');
	}

	async #end(id: string, reason: 'ADDED' | 'REFUSED'): Promise<void> {
		await this.#connection.parts.service.request(END_DEVICE, { input: { id, reason } });
	}
}

type HeldShare = Parameters<VaultOperations['releaseShare']>[0];

/** The service keeps shares of earlier recovery keys too: the vault refuses those. */
async function releaseNewest(vault: VaultOperations, held: readonly HeldShare[]): Promise<ReleasedShare> {
	for (const share of held)
		try {
			return await vault.releaseShare(share);
		} catch (error) {
			if (!(error instanceof FirmsealError && 'reason' in error && error.reason === 'recovery-none')) throw error;
		}
	throw new FirmsealError(
		'NOT_FOUND',
		'This device holds no share of the recovery key of this person. Nothing was released. Try another of your devices.',
	);
}

function heldShareOf(value: unknown): HeldShare {
	const { person, device, recipient, share } = objectOf(value);
	return { person: textOf(person), device: textOf(device), recipient: textOf(recipient), share: textOf(share) };
}

async function readDeviceRequests({ parts }: DeviceConnection): Promise<readonly DeviceRequest[]> {
	const { deviceRequests } = await parts.service.request(DEVICE_REQUESTS, {});
	return listOf(deviceRequests).map(deviceRequestOf);
}

/** The vault checks what is in it. */
function statementOf(text: string): DeviceStatement {
	try {
		return objectOf(JSON.parse(text)) as unknown as DeviceStatement;
	} catch (error) {
		throw new FirmsealError('BAD_USER_INPUT', 'What the new device sent is malformed. Refuse it, and begin again.', {
			cause: error,
		});
	}
}
