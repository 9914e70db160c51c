import { exactJson } from '../../custody/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { VaultOperations, VaultState } from '../vault/index.ts';
import type { DeviceConnection } from './connection.ts';
import { AGREE, END_PROPOSAL, OWNER_PROPOSALS, PROPOSE } from './proposing-operations.ts';
import { countOf, listOf, objectOf, textOf } from './served.ts';
import { type ServedProposal, servedProposalOf } from './served-proposal.ts';

type Proposal = Awaited<ReturnType<VaultOperations['propose']>>;
type Approval = Parameters<VaultOperations['complete']>[0]['approval'];

/** What stands beside the signature of the owner who decides: nothing if nothing is needed, or in a firm of one owner. */
export type Support = { readonly by: 'SECOND_OWNER' | 'NOTICE' } | { readonly by: 'CODE'; readonly code: string };

/** DONE: it stands in the key log. PROPOSED: another owner has to agree. ANNOUNCED: it counts after 72 hours. */
export type Decided = 'DONE' | 'PROPOSED' | 'ANNOUNCED';

/** What an owner has proposed, with the summary that this device made. */
export interface OpenProposal {
	readonly id: string;
	/** Whose it is, by the service. The key log says who signs. */
	readonly person: string;
	readonly proposal: Proposal;
	/** Whether another owner has agreed. It ends when some other decision comes first. */
	readonly isAgreed: boolean;
}

/** Decisions of owners, from the proposal to the entry of the key log. */
export class ProposalSteps {
	readonly #connection: DeviceConnection;
	/** Shares of new recovery keys stay on the device that made them. */
	readonly #shares = new Map<string, Proposal['shares']>();

	constructor(connection: DeviceConnection) {
		this.#connection = connection;
	}

	/** Makes a decision, or brings it to where it waits. @throws FirmsealError of the vault, or of the service */
	async decide(make: (vault: VaultOperations) => Promise<Proposal>, support: Support): Promise<Decided> {
		const connection = this.#connection;
		const { vault, service } = connection.parts;
		await connection.refresh();
		const proposal = await make(vault);
		if (!proposal.needsAgreement) await this.#complete(proposal, null);
		else if (support.by === 'CODE') await this.#complete(proposal, { recoveryCode: support.code });
		else if (support.by === 'NOTICE') {
			await connection.append(() => vault.announce(proposal));
			return 'ANNOUNCED';
		} else {
			const { kind, body, shares } = proposal;
			const input = { kind, body: exactJson(body) };
			const { proposeToOwners } = await service.request(PROPOSE, { input });
			this.#shares.set(servedProposalOf(objectOf(proposeToOwners).proposal).id, shares);
			return 'PROPOSED';
		}
		return 'DONE';
	}

	/** Open proposals of the firm. Those that this device's own rules do not allow any more are left out. */
	async list(): Promise<readonly OpenProposal[]> {
		const { vault } = this.#connection.parts;
		const listed: OpenProposal[] = [];
		for (const served of await this.#served()) {
			const { id, person, agreement } = served;
			const proposal = await readOrNull(vault, served);
			if (proposal !== null) listed.push({ id, person, proposal, isAgreed: agreement !== null });
		}
		return listed;
	}

	/** Signs what the person has read in the list, and nothing that the service has put there since. */
	async agree({ id, proposal }: Pick<OpenProposal, 'id' | 'proposal'>): Promise<void> {
		const { vault, service } = this.#connection.parts;
		await this.#connection.refresh();
		const agreement = exactJson(await vault.agree(proposal));
		await service.request(AGREE, { input: { id, agreement } });
	}

	/** Appends an own proposal to which another owner has agreed: only the agreement is the service’s. @throws FirmsealError if the agreement is not one, or no longer */
	async complete({ id, proposal }: Pick<OpenProposal, 'id' | 'proposal'>): Promise<VaultState> {
		const agreement = (await this.#served()).find((each) => each.id === id)?.agreement ?? null;
		if (agreement === null)
			throw new FirmsealError(
				'CONFLICT',
				'No other owner has agreed yet, or the proposal has ended. Reload, and look again.',
			);
		const shares = this.#shares.get(id) ?? [];
		const state = await this.#complete({ ...proposal, shares }, parsedAgreement(agreement));
		await this.end({ id, proposal });
		return state;
	}

	/** Withdraws or refuses a proposal. This device completes it no more, even if the service keeps it. */
	async end({ id, proposal }: Pick<OpenProposal, 'id' | 'proposal'>): Promise<void> {
		const { vault, service } = this.#connection.parts;
		await vault.withdraw(proposal);
		this.#shares.delete(id);
		await service.request(END_PROPOSAL, { input: { id } });
	}

	#complete(proposal: Proposal, approval: Approval): Promise<VaultState> {
		const { vault } = this.#connection.parts;
		return this.#connection.append(() => vault.complete({ proposal, approval }));
	}

	async #served(): Promise<readonly ServedProposal[]> {
		const { ownerProposals } = await this.#connection.parts.service.request(OWNER_PROPOSALS, {});
		return listOf(ownerProposals).map(servedProposalOf);
	}
}

/** Null for a body that is none, or that this vault cannot put into words. */
async function readOrNull(vault: VaultOperations, { kind, body }: ServedProposal): Promise<Proposal | null> {
	try {
		const untrusted = { kind, body: JSON.parse(body) as unknown };
		return await vault.readProposal(untrusted as Pick<Proposal, 'kind' | 'body'>);
	} catch {
		return null;
	}
}

/** A second signature and nothing else: a notice would do without a second owner. The vault checks what is in it. */
function parsedAgreement(text: string): Approval {
	try {
		const { device, head, seq, signature } = objectOf(JSON.parse(text));
		return { device: textOf(device), head: textOf(head), seq: countOf(seq), signature: textOf(signature) };
	} catch (error) {
		throw new FirmsealError('BAD_USER_INPUT', 'What the other owner sent is malformed. Propose it again.', {
			cause: error,
		});
	}
}
