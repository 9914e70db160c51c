import { useQuery } from '@apollo/client/react';
import { FirmKeyLogDocument } from '../../../kit/api/workspace.generated.ts';
import { useLive } from '../../../kit/events/use-live.ts';
import { Confirm, ErrorNote } from '../../../kit/parts/index.ts';
import { useDevice } from '../../device/device-context.ts';
import { useViewer } from '../../viewer.ts';
import { JoinFirm } from './join-firm.tsx';
import { RemoveDevice } from './remove-device.tsx';

const KINDS = ['KEY_LOG'];

/** What a device does that does not know the firm yet: the first one begins the firm's key log, all others join. */
export function BeginOrJoin() {
	const { data, error, refetch } = useQuery(FirmKeyLogDocument, { fetchPolicy: 'network-only' });
	useLive(KINDS, refetch);
	if (error) return <ErrorNote error={error} onRetry={refetch} />;
	if (!data) return <p role="status">Reading what your firm has …</p>;
	return (
		<>
			{data.keyLog?.size === 0 ? <FirstDevice /> : <JoinFirm />}
			<RemoveDevice />
		</>
	);
}

function FirstDevice() {
	const { device, act } = useDevice();
	const { role, name } = useViewer();
	if (role !== 'OWNER')
		return (
			<p className="note reading">
				Your firm has no devices yet. An owner sets up the first one; after that, this browser can join.
			</p>
		);
	return (
		<section className="stack reading" aria-labelledby="first-device">
			<h2 id="first-device">Your firm’s first device</h2>
			<p>
				Your firm has no devices yet. This one begins the key log: the signed record of your people, their devices and
				who can open what. Nothing changes for your content until you put a kind of it into your firm’s custody.
			</p>
			<div>
				<Confirm
					label="Begin with this device"
					title="Begin your firm’s key log?"
					onConfirm={async () => {
						await act((connection) => connection.begin(name));
						await device.refresh();
					}}
				>
					<p>
						You are its first owner. Afterwards add a second device, or a recovery code: without one, the loss of this
						browser would be the loss of what only it can open.
					</p>
				</Confirm>
			</div>
		</section>
	);
}
