import type { VaultState } from '../../../src/client/vault/index.ts';
import { FirmsealError } from '../../../src/errors.ts';
import { useDevice } from '../device/device-context.ts';
import { type ClassOfFirm, classInWords } from './custody-words.ts';
import { Decision } from './decision.tsx';
import { countWays, ownersOf } from './people-of-state.ts';
import { PersonName } from './person-name.tsx';

interface PutIntoCustodyProps {
	readonly state: VaultState;
	readonly of: ClassOfFirm;
}

const WAYS_NEEDED = 2;

/** An owner puts a kind of content into the firm's custody. Whether it is still empty, only the service knows. */
export function PutIntoCustody({ state, of }: PutIntoCustodyProps) {
	const { act } = useDevice();
	const words = classInWords(of.class);
	const title = `Put ${words.toLowerCase()} into the firm’s custody?`;
	const lacking = ownersOf(state).filter((owner) => countWays(owner) < WAYS_NEEDED);
	if (lacking.length > 0 || state.isCodeToConfirm) return <NotYet state={state} lacking={lacking} />;
	// A class moves under a fresh data key of the firm.
	const prepare = async () => {
		if (of.writable === null) await act((connection) => connection.generateKey(of.class));
	};
	return (
		<Decision
			state={state}
			label="Put into the firm’s custody"
			about={words}
			title={title}
			prepare={prepare}
			explain={explainRefusal}
			make={(vault) => vault.propose({ what: 'CUSTODY', class: of.class, custody: 'FIRM' })}
		>
			<ul>
				<li>
					From then on only devices of your firm open {words.toLowerCase()}. The platform can no longer read them,
					search them, or help you with a lease.
				</li>
				<li>If every device and code is lost, no one can open them again, not even the platform.</li>
				<li>Portal clients read nothing of this kind yet: that comes with a later version.</li>
				<li>
					It is possible only while your firm has stored nothing of this kind, and no lease on it is open. Otherwise the
					service refuses it.
				</li>
			</ul>
		</Decision>
	);
}

const NOT_EMPTY =
	'The service refused it: your firm has stored something of this kind, or a lease on it is open. Nothing was changed. A kind of content that is not empty can be taken over by a program with the client library, not on this screen yet.';

/** The service has one rule more than the vault, and says only the code of its refusal. */
const explainRefusal = (error: unknown): Error | null =>
	error instanceof FirmsealError && error.code === 'CONFLICT' && !('reason' in error) ? new Error(NOT_EMPTY) : null;

interface NotYetProps {
	readonly state: VaultState;
	/** Owners whom the loss of one thing would lock out. */
	readonly lacking: ReturnType<typeof ownersOf>;
}

const NotYet = ({ state, lacking }: NotYetProps) => (
	<ul className="plain-list quiet">
		{state.isCodeToConfirm && <li>First type your newest recovery code under “Recovery”, or prepare another.</li>}
		{lacking.map(({ person }) => (
			<li key={person}>
				<PersonName state={state} person={person} /> first needs a second device, or a recovery code.
			</li>
		))}
	</ul>
);
