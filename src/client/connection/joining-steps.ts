import type { VaultOperations, VaultState } from '../vault/index.ts';
import type { DeviceConnection } from './connection.ts';
import type { Answering, Joining } from './joining.ts';
import type { DeviceRequest } from './served-request.ts';

type ReleasedShare = Awaited<ReturnType<VaultOperations['releaseShare']>>;
type CheckedJoining = Awaited<ReturnType<VaultOperations['checkJoin']>>;

/*
 * A device joins once in its life, so the steps are loaded with the first of them.
 */

/**
 * A new device joins: ask(), then reveal() once the old device answered, then finish() once both people compared the codes. A device that
 * recovers by shares does the same with each holder, with share() in the place of finish().
 */
export class JoiningSteps {
	readonly #connection: DeviceConnection;
	#made: Joining | null = null;

	constructor(connection: DeviceConnection) {
		this.#connection = connection;
	}

	/** Tells the firm’s devices that this one wants to join. Returns the id of the request, which is open for 15 minutes. */
	async ask(): Promise<string> {
		return (await this.#steps()).ask();
	}

	/** The code for this device’s screen; null as long as no device of the firm has answered. */
	async reveal(): Promise<string | null> {
		return (await this.#steps()).reveal();
	}

	/** After the person compared. Null as long as the old device has not added this one. Throws as share(). */
	async finish(isSameCode: boolean): Promise<VaultState | null> {
		return (await this.#steps()).finish(isSameCode);
	}

	/**
	 * What the holder released, for RecoverySteps.byShares(), after the person compared. Null as long as the holder has not.
	 * @throws FirmsealError FORBIDDEN if the holder refused; NOT_FOUND after 15 minutes; `joining-code` if the codes differ, after which
	 * no code counts that was compared with a holder before
	 */
	async share(isSameCode: boolean): Promise<ReleasedShare | null> {
		return (await this.#steps()).share(isSameCode);
	}

	async #steps(): Promise<Joining> {
		const { Joining } = await import('../later.ts');
		this.#made ??= new Joining(this.#connection);
		return this.#made;
	}
}

/** A device of the firm answers one that wants to join: answer(), then check() for the code, then approve() or refuse(). */
export class AnsweringSteps {
	readonly #connection: DeviceConnection;

	constructor(connection: DeviceConnection) {
		this.#connection = connection;
	}

	async requests(): Promise<readonly DeviceRequest[]> {
		return (await this.#steps()).requests();
	}

	/** `person` is whose device the person at this device expects, not what the service says. */
	async answer(request: Pick<DeviceRequest, 'id' | 'commitment'>, person: string): Promise<void> {
		return (await this.#steps()).answer(request, person);
	}

	/** The code to compare with the new device’s screen; null as long as it has not revealed itself. */
	async check(id: string): Promise<CheckedJoining | null> {
		return (await this.#steps()).check(id);
	}

	/** The person said that both screens show one code. */
	async approve(id: string): Promise<VaultState> {
		return (await this.#steps()).approve(id);
	}

	/**
	 * The person said that both screens show one code: gives the share that this device holds for the person of the request to the new
	 * device, which is not added to the firm.
	 * @throws FirmsealError NOT_FOUND if this device holds none; what the vault and the service refuse
	 */
	async release(id: string): Promise<void> {
		return (await this.#steps()).release(id);
	}

	async refuse(id: string): Promise<void> {
		return (await this.#steps()).refuse(id);
	}

	async #steps(): Promise<Answering> {
		const { Answering } = await import('../later.ts');
		return new Answering(this.#connection);
	}
}
