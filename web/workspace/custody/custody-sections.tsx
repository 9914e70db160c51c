import { useLive } from '../../kit/events/use-live.ts';
import { useDevice } from '../device/device-context.ts';
import { ClassTable } from './class-table.tsx';
import { ConfirmRecovered } from './confirm-recovered.tsx';
import { OwnerProposals } from './owner-proposals.tsx';
import { isOwnerOf, ownersOf } from './people-of-state.ts';
import { PeopleSection } from './people-section.tsx';
import { Recover } from './recover.tsx';
import { RecoverySection } from './recovery-section.tsx';
import { SealingAgain } from './sealing-again.tsx';
import { Notices } from './waiting-decisions.tsx';

const KINDS = ['KEY_LOG'];

/** What an open device shows of its firm. */
export function CustodySections() {
	const { state, act } = useDevice();
	useLive(KINDS, async () => {
		if (state.log !== null) await act((connection) => connection.sync());
	});
	if (state.log === null) return <Recover />;
	if (state.isUnconfirmed) return <ConfirmRecovered state={state} />;
	return (
		<>
			{!state.device.isActive && (
				<p className="note bad" role="alert">
					This device does not belong to the firm any more. It still shows what it knew. Join again with another device.
				</p>
			)}
			{isOwnerOf(state) && ownersOf(state).length > 1 && <OwnerProposals state={state} />}
			<Notices state={state} />
			<ClassTable state={state} />
			<SealingAgain state={state} />
			<PeopleSection state={state} />
			<RecoverySection state={state} />
		</>
	);
}
