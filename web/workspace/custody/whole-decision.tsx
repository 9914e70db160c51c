import type { ReactNode } from 'react';
import type { VaultOperations, VaultState } from '../../../src/client/vault/index.ts';
import { Fact } from '../../kit/parts/index.ts';
import { VisibleText } from '../../kit/text/visible-text.tsx';
import { CUSTODY_WORDS, classInWords } from './custody-words.ts';
import { nameOf } from './people-of-state.ts';

type Proposal = Awaited<ReturnType<VaultOperations['readProposal']>>;

interface WholeDecisionProps {
	readonly state: VaultState;
	/** With the summary that this device made. */
	readonly proposal: Pick<Proposal, 'summary' | 'body'>;
	/** More facts. */
	readonly children?: ReactNode;
}

/** A decision as a person reads it before they sign: the sentence of their own device, and each part of the entry, with ids in full. */
export const WholeDecision = ({ state, proposal: { summary, body }, children }: WholeDecisionProps) => (
	<>
		<p>
			<strong>
				<VisibleText text={summary} />
			</strong>
		</p>
		<dl className="facts">
			{Object.entries(body).map(([field, value]) => (
				<Fact key={field} name={FIELDS[field]?.name ?? field}>
					{(FIELDS[field]?.show ?? asText)(value, state)}
				</Fact>
			))}
			{children}
		</dl>
	</>
);

/** A person with the whole id, by which no one can be taken for another. */
export function PersonInFull({ state, person }: { readonly state: VaultState; readonly person: string }) {
	return (
		<>
			<VisibleText text={nameOf(state, person) ?? 'a person without a name'} />{' '}
			<span className="mono quiet">{person}</span>
		</>
	);
}

type Show = (value: unknown, state: VaultState) => ReactNode;

const asText: Show = (value) => <VisibleText text={typeof value === 'string' ? value : JSON.stringify(value)} />;
const asPerson: Show = (value, state) => <PersonInFull state={state} person={String(value)} />;
const asIds: Show = (value) => (
	<List items={value as readonly string[]} show={(id) => <span className="mono">{id}</span>} />
);

const ROLES: Readonly<Record<string, string>> = { OWNER: 'owner', MEMBER: 'member' };

/** The parts of every kind of entry that owners decide: src/custody/key-log/bodies.ts. */
const FIELDS: Readonly<Record<string, { readonly name: string; readonly show: Show }>> = {
	class: { name: 'Content', show: (value) => `${classInWords(String(value))} (${value})` },
	custody: {
		name: 'Keys will be held by',
		show: (value) => `${CUSTODY_WORDS[value as keyof typeof CUSTODY_WORDS].holder} (${value})`,
	},
	devices: { name: 'Devices', show: asIds },
	manifests: { name: 'Releases', show: asIds },
	person: { name: 'Person', show: asPerson },
	policy: { name: 'Rules for witnesses', show: asText },
	role: { name: 'New role', show: (value) => ROLES[String(value)] ?? String(value) },
	version: { name: 'Version of the key', show: asText },
	ways: { name: 'Ways of recovery', show: (value, state) => <Ways state={state} ways={value as readonly Way[]} /> },
};

interface Way {
	readonly way: string;
	readonly holders?: readonly string[];
	readonly k?: number;
}

function Ways({ state, ways }: { readonly state: VaultState; readonly ways: readonly Way[] }) {
	return (
		<List
			items={ways}
			show={({ holders, k }) =>
				holders === undefined ? (
					'A recovery code'
				) : (
					<>
						{k} of the shares of these owners together:
						<List items={holders} show={(person) => <PersonInFull state={state} person={person} />} />
					</>
				)
			}
		/>
	);
}

interface ListProps<Item> {
	readonly items: readonly Item[];
	readonly show: (item: Item) => ReactNode;
}

const List = <Item,>({ items, show }: ListProps<Item>) =>
	items.length === 0 ? (
		'none'
	) : (
		<ul className="plain-list">
			{items.map((item) => (
				<li key={JSON.stringify(item)}>{show(item)}</li>
			))}
		</ul>
	);
