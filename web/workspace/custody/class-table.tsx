import { useState } from 'react';
import './custody.css';
import type { VaultOperations, VaultState } from '../../../src/client/vault/index.ts';
import { Confirm, ErrorNote } from '../../kit/parts/index.ts';
import { useDevice } from '../device/device-context.ts';
import { type ClassOfFirm, CUSTODY_WORDS, classesOf, classInWords } from './custody-words.ts';
import { isOwnerOf } from './people-of-state.ts';
import { PutIntoCustody } from './put-into-custody.tsx';
import { useVaultAnswer } from './use-vault-answer.ts';

const findMissing = (vault: VaultOperations) => vault.missing();

type Missing = Awaited<ReturnType<typeof findMissing>>;

/** Who holds the keys of each kind of content. */
export function ClassTable({ state }: { readonly state: VaultState }) {
	const { answer: missing, error } = useVaultAnswer(findMissing);
	const isOwner = isOwnerOf(state);
	return (
		<section className="stack" aria-labelledby="whose-custody">
			<h2 id="whose-custody">Whose custody</h2>
			<p className="reading">
				The one who holds the keys of a kind of content can open it. Your firm can take each kind into its own custody:
				then its own devices hold the keys.
			</p>
			{error !== null && <ErrorNote error={error} />}
			<div className="table custody-classes">
				<table className="cards">
					<caption className="said">Kinds of content, and who holds their keys</caption>
					<thead>
						<tr>
							<th scope="col">Content</th>
							<th scope="col">Keys are held by</th>
							<th scope="col">Newest key of the firm</th>
							<th scope="col">What is missing</th>
							{isOwner && (
								<th scope="col">
									<span className="said">Change</span>
								</th>
							)}
						</tr>
					</thead>
					<tbody>
						{classesOf(state).map((each) => (
							<tr key={each.class}>
								<th scope="row">{classInWords(each.class)}</th>
								<td data-label="Keys are held by">
									<span className={CUSTODY_WORDS[each.custody].badge}>{CUSTODY_WORDS[each.custody].holder}</span>
									<p className="quiet">{CUSTODY_WORDS[each.custody].meaning}</p>
								</td>
								<td data-label="Newest key of the firm">{keyInWords(each)}</td>
								<td data-label="What is missing">
									<MissingOf of={each} missing={missing} />
								</td>
								{isOwner && <td>{each.custody === 'PLATFORM' && <PutIntoCustody state={state} of={each} />}</td>}
							</tr>
						))}
					</tbody>
				</table>
			</div>
			<Mend state={state} />
		</section>
	);
}

function keyInWords({ versions, writable }: ClassOfFirm): string {
	const newest = versions.at(-1)?.version;
	if (newest === undefined) return 'none yet';
	return writable === null ? `version ${newest}, which has to be replaced` : `version ${newest}`;
}

function MissingOf({ of, missing }: { readonly of: ClassOfFirm; readonly missing: Missing | null }) {
	if (!of.isEntitled) return <>Your role does not read this.</>;
	const closed = missing?.cannotOpen.filter((each) => each.class === of.class).length ?? 0;
	if (needsKey(of)) return <span className="badge warn">a new key: nothing can be written until then</span>;
	if (closed > 0) return <span className="badge warn">this device has no key yet</span>;
	return <>—</>;
}

const needsKey = ({ custody, writable }: ClassOfFirm): boolean => custody !== 'PLATFORM' && writable === null;

/** What this device can do for the firm's other devices. */
function Mend({ state }: { readonly state: VaultState }) {
	const { act } = useDevice();
	const [said, setSaid] = useState('');
	const isWanting = state.classes.some((each) => needsKey(each) && each.isEntitled);
	if (!state.classes.some(({ versions }) => versions.length > 0)) return null;
	return (
		<div className="row">
			{isWanting && (
				<Confirm
					label="Make new keys"
					title="Make new keys?"
					onConfirm={() => act((connection) => connection.append(() => connection.parts.vault.renewKeys()))}
				>
					<p>
						Someone, or a device, has lost access, so the firm needs new keys for what they could read. Every device
						that may read it gets them. Until then, no one can write there.
					</p>
				</Confirm>
			)}
			<Confirm
				label="Send missing keys"
				title="Send missing keys to other devices?"
				onConfirm={() =>
					act(async (connection) => {
						const sent = await connection.wrapForOthers();
						setSaid(sent === 0 ? 'No device lacks a key that this one has.' : `Sent: ${sent}.`);
					})
				}
			>
				<p>
					If someone’s device shows that it has no key yet, this gives it the keys that this device has and that the
					firm’s key log entitles it to. Each is locked so that only that device opens it.
				</p>
			</Confirm>
			<span role="status">{said}</span>
		</div>
	);
}
