import { useEffect, useState } from 'react';
import type { ResealedClass, ResealingProgress } from '../../../src/client/connection/index.ts';
import type { VaultState } from '../../../src/client/vault/index.ts';
import { ErrorNote, useSave } from '../../kit/parts/index.ts';
import { useDevice } from '../device/device-context.ts';
import { type ClassOfFirm, classInWords } from './custody-words.ts';
import { Decision } from './decision.tsx';
import { isOwnerOf } from './people-of-state.ts';

/** What is still under older keys after someone left, and how to end that. */
export function SealingAgain({ state }: { readonly state: VaultState }) {
	const { firmseal } = useDevice();
	const [left, setLeft] = useState<ReadonlyMap<string, number>>(new Map());
	const [error, setError] = useState<unknown>(null);
	const { connection } = firmseal;
	// biome-ignore lint/correctness/useExhaustiveDependencies: a new state is what makes a count old
	useEffect(() => {
		let isOld = false;
		connection.toReseal().then(
			(counted) => !isOld && setLeft(counted),
			(failure: unknown) => !isOld && setError(failure),
		);
		return () => {
			isOld = true;
		};
	}, [connection, state]);
	const wanting = state.classes.filter((each) => hasOlderKey(each) && each.isEntitled && left.has(each.class));
	if (error !== null) return <ErrorNote error={error} />;
	if (wanting.length === 0) return null;
	return (
		<section className="stack" aria-labelledby="older-keys">
			<h2 id="older-keys">Under older keys</h2>
			<p className="reading">
				Someone, or a device, lost access, and what was written before is still under a key that they know. The service
				gives them nothing of it. If your devices seal it again and the older key is retired, that key opens nothing any
				more, and no one can pass off new content as old.
			</p>
			{wanting.map((each) => (
				<OlderKeys key={each.class} state={state} of={each} left={left.get(each.class) ?? 0} />
			))}
		</section>
	);
}

const olderVersions = ({ versions, writable }: ClassOfFirm) =>
	versions.filter(({ version, retired }) => !retired && version !== writable);

/** Whether a key is there that can be retired in the end: the firm has a newer one. */
const hasOlderKey = (of: ClassOfFirm): boolean => of.writable !== null && olderVersions(of).length > 0;

interface OlderKeysProps {
	readonly state: VaultState;
	readonly of: ClassOfFirm;
	/** Records that are left, by the service. */
	readonly left: number;
}

function OlderKeys({ state, of, left }: OlderKeysProps) {
	const name = classInWords(of.class);
	return (
		<article className="card stack tight" aria-label={name}>
			<h3>{name}</h3>
			{left > 0 ? (
				<SealAgain of={of} name={name} left={left} />
			) : (
				<>
					<p>Everything is under the newest key.</p>
					{isOwnerOf(state) &&
						olderVersions(of).map(({ version }) => (
							<div key={version}>
								<Decision
									state={state}
									label={`Retire key ${version}`}
									about={name}
									title={`Retire key ${version} of ${name}?`}
									make={(vault) => vault.propose({ what: 'RETIRE', class: of.class, version })}
								>
									<p>From then on, no device of the firm opens anything under this key. It cannot be undone.</p>
								</Decision>
							</div>
						))}
				</>
			)}
		</article>
	);
}

/** The work of this device, which another one may share, and which can be stopped and continued at any time. */
function SealAgain({ of, name, left }: { readonly of: ClassOfFirm; readonly name: string; readonly left: number }) {
	const { act } = useDevice();
	const [stop, setStop] = useState<AbortController | null>(null);
	const [progress, setProgress] = useState<ResealingProgress | null>(null);
	const [done, setDone] = useState<ResealedClass | null>(null);
	const { error, submit } = useSave(async () => {
		const stopping = new AbortController();
		setStop(stopping);
		setDone(null);
		try {
			setDone(
				await act((connection) => connection.reseal(of.class, { signal: stopping.signal, onProgress: setProgress })),
			);
		} catch (failure) {
			if (!stopping.signal.aborted) throw failure;
		} finally {
			setStop(null);
			setProgress(null);
		}
	});
	const refused = done?.refused.length ?? 0;
	return (
		<form className="stack tight" onSubmit={submit}>
			<p>{left === 1 ? 'One record is under an older key.' : `${left} records are under an older key.`}</p>
			{stop !== null && (
				<>
					<progress
						aria-label={`${name}: sealed again`}
						max={progress?.total ?? left}
						value={progress?.resealed ?? 0}
					/>
					<p role="status">
						{progress?.resealed ?? 0} of {progress?.total ?? left} sealed again. You can go on working; keep this page
						open.
					</p>
				</>
			)}
			{refused > 0 && (
				<p className="note" role="status">
					{refused === 1 ? 'One record was' : `${refused} records were`} left as they are, because this device cannot
					verify or open them. Try it on a device that has read them before. If none can, look at each and write it
					again, or delete it.
				</p>
			)}
			{error !== null && <ErrorNote error={error} />}
			<div className="row">
				{stop === null ? (
					<button type="submit">Seal them again</button>
				) : (
					<button type="button" onClick={() => stop.abort()}>
						Stop
					</button>
				)}
			</div>
		</form>
	);
}
