import type { VaultOperations, VaultState } from '../vault/index.ts';
import type { DeviceConnection } from './connection.ts';

type Recovered = Awaited<ReturnType<VaultOperations['recover']>>;
type Served = Parameters<VaultOperations['combineShares']>[0];

/** What the log says, for the person to look at before confirm(). */
export type ShownRecovery = Pick<Recovered, 'size' | 'people' | 'classes'>;

/** A new device of a person who has no other one: by their recovery code, or by shares of owners. Then confirm(). */
export class RecoverySteps {
	readonly #connection: DeviceConnection;

	constructor(connection: DeviceConnection) {
		this.#connection = connection;
	}

	/**
	 * By the code as the person typed it. If another entry came first, it is done again, at most three times.
	 * @throws FirmsealError for a wrong code, a log without it, or what the service refuses
	 */
	byCode(code: string): Promise<ShownRecovery> {
		const { vault } = this.#connection.parts;
		return this.#recover((served) => vault.recover({ code, ...served }));
	}

	/** By what holders released to this device (JoiningSteps.share()). Throws as byCode(). */
	byShares(shares: Served['shares']): Promise<ShownRecovery> {
		const { vault } = this.#connection.parts;
		return this.#recover((served) => vault.combineShares({ shares, ...served }));
	}

	/** The person has looked at people and custody, and found them right. Until then the device sends nothing. */
	async confirm(): Promise<VaultState> {
		await this.#connection.parts.vault.confirmRecovered();
		return this.#connection.sync();
	}

	async #recover(compose: (served: Omit<Served, 'shares'>) => Promise<Recovered>): Promise<ShownRecovery> {
		const connection = this.#connection;
		for (let attempt = 1; ; attempt++) {
			const { changes, size, people, classes } = await connection.whenFresh(async () => compose(await this.#read()));
			if (!(await connection.send(changes, attempt))) continue;
			await connection.syncSent();
			return { size, people, classes };
		}
	}

	/** The whole log, and the wraps for the person's RECOVERY devices. */
	async #read(): Promise<Omit<Served, 'shares'>> {
		const connection = this.#connection;
		const { vault } = connection.parts;
		const { device } = await vault.state();
		const { last, ...log } = await connection.readLog(device.firm, null);
		const wraps: string[] = [];
		for (const recovery of await vault.recoveryDevices(log))
			for (const className of last.newestVersions.keys())
				wraps.push(...(await connection.readWraps(className, recovery)));
		return { log, wraps };
	}
}
