import { ApolloLink } from '@apollo/client';
import { from, mergeMap } from 'rxjs';
import type { AppParts } from '../../kit/start-app.tsx';
import { type DevicePerson, type DeviceSnapshot, LOOKING, WITHOUT_DEVICE } from './device-stage.ts';
import type { OwnDevice } from './own-device.ts';

/** Where the worker keeps devices: src/client/worker. */
const DATABASE = 'firmseal';

/**
 * The person's device in this browser. Its code is fetched when the browser has a device, or when the person makes one, because most
 * firms have their content in custody of the platform.
 */
export class DeviceHolder {
	#parts: AppParts | null = null;
	#device: OwnDevice | null = null;
	#loading: Promise<OwnDevice> | null = null;
	readonly #person = Promise.withResolvers<DevicePerson>();
	readonly #isKept = keepsDevices();
	#isEmpty = false;
	readonly #listeners = new Set<() => void>();

	/** For useSyncExternalStore(). A browser that is known to have no device shows so while its code looks: what is typed meanwhile stays. */
	readonly snapshot = (): DeviceSnapshot => {
		const own = this.#device?.snapshot() ?? LOOKING;
		return this.#isEmpty && own.stage === LOOKING.stage && own.error === null ? WITHOUT_DEVICE : own;
	};

	readonly subscribe = (listener: () => void): (() => void) => {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	};

	/** The link through which all requests of the page go. */
	link(parts: AppParts): ApolloLink {
		this.#parts = parts;
		this.#isKept
			.then((isKept) => {
				if (isKept) return this.load().then(() => undefined);
				this.#isEmpty = true;
				return this.#tell();
			})
			// A request that waits for the device loads it again, and is told.
			.catch(() => undefined);
		return new ApolloLink((operation, forward) =>
			from(this.#loadKept()).pipe(
				mergeMap((device) => (device === null ? forward(operation) : device.link.request(operation, forward))),
			),
		);
	}

	/** Who has signed in. */
	identify(person: DevicePerson): void {
		this.#person.resolve(person);
	}

	/** The code of devices. */
	load(): Promise<OwnDevice> {
		this.#loading ??= this.#load().catch((error: unknown) => {
			this.#loading = null;
			throw error;
		});
		return this.#loading;
	}

	async #load(): Promise<OwnDevice> {
		if (this.#parts === null) throw new Error('The device needs startApp().');
		const { OwnDevice } = await import('./own-device.ts');
		this.#device = await OwnDevice.open(this.#parts, this.#person.promise, () => this.#tell());
		this.#tell();
		return this.#device;
	}

	/** Once a device was made or found here, nothing passes by it. */
	async #loadKept(): Promise<OwnDevice | null> {
		return (await this.#isKept) || this.#loading !== null ? this.load() : null;
	}

	#tell(): void {
		for (const listener of this.#listeners) listener();
	}
}

/** Whether this browser may have a device. On doubt it may: the worker then looks. */
async function keepsDevices(): Promise<boolean> {
	try {
		return (await indexedDB.databases()).some(({ name }) => name === DATABASE);
	} catch {
		return true;
	}
}
