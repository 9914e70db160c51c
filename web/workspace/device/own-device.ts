import { ApolloLink } from '@apollo/client';
import { from, mergeMap } from 'rxjs';
import { OpenFieldsLink } from '../../../src/client/apollo-link.ts';
import { createFirmseal, type Firmseal } from '../../../src/client/connection/index.ts';
import { touchesContent } from '../../../src/client/exchange.ts';
import type { StoredDevice } from '../../../src/client/vault/index.ts';
import {
	createWithPasskey,
	createWorkerVault,
	unlockWithPasskey,
	type WorkerVault,
} from '../../../src/client/worker/index.ts';
import { FirmsealError } from '../../../src/errors.ts';
import type { AppParts } from '../../kit/start-app.tsx';
import { trustWorker } from '../../kit/trusted-worker.ts';
import { type DevicePerson, type DeviceSnapshot, LOOKING } from './device-stage.ts';
import { releaseOfPages } from './release.ts';
// oxlint-disable-next-line import/default -- Vite builds the worker as a file of its own, and gives its address.
import workerUrl from './worker.ts?worker&url';

/** How the person locks a new device: a passphrase, or a passkey of theirs with the name by which its list shows it. */
export type NewLock = { readonly passphrase: string } | { readonly passkeyFor: string };

const startWorker = trustWorker(workerUrl);

const OTHER_PERSON =
	'This browser has a device of another person and none of yours, so no content is read or written here. Add this browser as your device, or use a profile of your own.';
const NOT_UNLOCKED = 'Your device is locked, so content stays closed and nothing was sent. Unlock it to go on.';

/** The device of the signed-in person in this browser, and what its vault and its connection need of the page. */
export class OwnDevice {
	readonly vault: WorkerVault;
	readonly firmseal: Firmseal;
	/** Content of this page goes through it, and nothing else: a locked device holds nothing else up. */
	readonly link: ApolloLink;
	readonly #person: Promise<DevicePerson>;
	readonly #tell: () => void;
	#snapshot: DeviceSnapshot = LOOKING;
	#stored: StoredDevice | null = null;
	#asked: PromiseWithResolvers<void> | null = null;
	#found: Promise<void>;

	private constructor(release: string, { api, apiFetch }: AppParts, person: Promise<DevicePerson>, tell: () => void) {
		this.#person = person;
		this.#tell = tell;
		this.vault = createWorkerVault(
			() => startWorker(release),
			(event) => {
				if (event !== 'FREE') this.#closed(event === 'TAKEN' ? 'ELSEWHERE' : 'LOCKED');
				else if (this.#snapshot.stage === 'ELSEWHERE') void this.lookAgain();
			},
		);
		this.firmseal = createFirmseal({
			url: api === '' ? location.origin : api,
			// apiFetch adds the token.
			token: () => '',
			fetch: (address, request) => {
				const { pathname, search } = address as URL;
				return apiFetch(pathname + search, { ...request, isRead: request?.method === 'GET' });
			},
			vault: this.vault,
			unlock: () => this.#requireOpen(),
		});
		const opening = new OpenFieldsLink(this.firmseal);
		this.link = new ApolloLink((operation, forward) =>
			from(this.#isOpened(operation)).pipe(
				mergeMap((isOpened) => (isOpened ? opening.request(operation, forward) : forward(operation))),
			),
		);
		this.#found = this.#lookAndTell();
	}

	static async open(parts: AppParts, person: Promise<DevicePerson>, tell: () => void): Promise<OwnDevice> {
		return new OwnDevice(await releaseOfPages(workerUrl), parts, person, tell);
	}

	readonly snapshot = (): DeviceSnapshot => this.#snapshot;

	/** Makes a device for the person in this browser, and unlocks it. */
	async create(lock: NewLock): Promise<void> {
		const { firm, person } = await this.#person;
		const wanted = { name: person, firm, person };
		this.#stored =
			'passphrase' in lock
				? await this.vault.create({ ...wanted, unlock: lock })
				: await createWithPasskey(this.vault, { ...wanted, label: lock.passkeyFor });
		this.#change({ stage: 'LOCKED', unlock: this.#stored.unlock });
		await this.unlock('passphrase' in lock ? lock : null);
	}

	/** By a passphrase, or by the device's passkey if `secret` is null. */
	async unlock(secret: { readonly passphrase: string } | null): Promise<void> {
		const stored = this.#stored;
		if (stored === null) throw new FirmsealError('NOT_FOUND', 'This browser has no device of yours.');
		const state =
			secret === null
				? await unlockWithPasskey(this.vault, stored)
				: await this.vault.unlock({ name: stored.name, unlock: secret });
		this.#change({ stage: 'OPEN', state });
		this.#asked?.resolve();
		this.#asked = null;
		this.#change({ isAsked: false });
		if (state.log !== null) await this.refresh();
	}

	/** Reads what is new of the firm. A new device knows no firm before it has joined one. */
	async refresh(): Promise<void> {
		await this.act(async (connection) => {
			await this.firmseal.ready();
			await connection.sync();
		});
	}

	/** Runs a step of the person, and then shows what it changed. */
	async act<Result>(step: (connection: Firmseal['connection']) => Promise<Result>): Promise<Result> {
		try {
			return await step(this.firmseal.connection);
		} finally {
			if (this.#snapshot.stage === 'OPEN')
				await this.vault.state().then(
					(state) => this.#change({ state }),
					() => undefined,
				);
		}
	}

	async lock(): Promise<void> {
		await this.firmseal.lock();
		this.#closed('LOCKED');
	}

	/** Locks the device in the other tab, so that it can be unlocked here. */
	async takeOver(): Promise<void> {
		await this.vault.takeOver();
		await this.#look();
	}

	/** Removes the device from this browser. The firm still knows it until it is revoked. */
	async forget(): Promise<void> {
		if (this.#stored === null) return;
		// Also what the links keep of the device that was unlocked: the next one is asked for its own unlocking.
		await this.firmseal.lock();
		await this.vault.forget({ name: this.#stored.name });
		await this.#look();
	}

	/** Looks for the device again, such as after that failed. Requests of the page wait for it. */
	lookAgain(): Promise<void> {
		this.#change({ error: null });
		this.#found = this.#lookAndTell();
		return this.#found;
	}

	/** The person does not unlock the device now: what waits for it fails. */
	dismiss(): void {
		this.#asked?.reject(new FirmsealError('FORBIDDEN', NOT_UNLOCKED));
		this.#asked = null;
		this.#change({ isAsked: false });
	}

	/** No one may wait for it: the snapshot has its failure too, or the person would never learn why nothing opens. */
	#lookAndTell(): Promise<void> {
		const looking = this.#look();
		looking.catch((error: unknown) => this.#change({ error }));
		return looking;
	}

	async #look(): Promise<void> {
		const { firm, person } = await this.#person;
		try {
			const devices = await this.vault.devices();
			this.#stored = devices.find((each) => each.firm === firm && each.person === person) ?? null;
			const others = devices.length > 0 ? 'OTHER' : 'NONE';
			const stage = this.#stored === null ? others : 'LOCKED';
			this.#change({ stage, unlock: this.#stored?.unlock ?? null, state: null, error: null });
		} catch (error) {
			if (!isOtherTab(error)) throw error;
			this.#change({ stage: 'ELSEWHERE', state: null, error: null });
		}
	}

	/** Also what has no content: its answer could claim to have some. */
	async #isOpened({ query: document, operationName }: ApolloLink.Operation): Promise<boolean> {
		return !(await touchesContent({ document, operationName })) || this.#isMine();
	}

	/** Whether content goes through the person's device. */
	async #isMine(): Promise<boolean> {
		await this.#found;
		if (this.#snapshot.stage === 'OTHER') throw new FirmsealError('FORBIDDEN', OTHER_PERSON);
		return this.#snapshot.stage !== 'NONE';
	}

	async #requireOpen(): Promise<void> {
		if (this.#snapshot.stage === 'OPEN') return;
		this.#asked ??= Promise.withResolvers<void>();
		this.#change({ isAsked: true });
		await this.#asked.promise;
	}

	#closed(stage: 'LOCKED' | 'ELSEWHERE'): void {
		if (this.#snapshot.stage !== 'OPEN' && stage === 'LOCKED') return;
		this.#change({ stage, state: null });
		// The link asks to unlock it before it opens anything else. The vault itself is locked already.
		void this.firmseal.lock().catch(() => undefined);
	}

	#change(changes: Partial<DeviceSnapshot>): void {
		this.#snapshot = { ...this.#snapshot, ...changes };
		this.#tell();
	}
}

const isOtherTab = (error: unknown): boolean =>
	error instanceof Error && 'reason' in error && error.reason === 'other-tab';
