import { useEffect } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { ViewerDocument } from '../kit/api/workspace.generated.ts';
import { hasIds } from '../kit/ids.ts';
import { useKit } from '../kit/kit-context.ts';
import { Empty, ErrorNote, Frame } from '../kit/parts/index.ts';
import { showConstant } from '../kit/text/amounts.ts';
import { useSignedIn } from '../kit/use-signed-in.ts';
import { DeviceHolderContext } from './device/device-context.ts';
import type { DeviceHolder } from './device/device-holder.ts';
import { UnlockDialog } from './device/unlock-dialog.tsx';
import { AcceptInvitation } from './invitation/accept-invitation.tsx';
import { usePendingInvitation } from './invitation/pending-invitation.ts';
import { useCounts } from './needs/use-needs-me.ts';
import { SCREENS } from './screens.ts';
import { ViewerContext } from './viewer.ts';

/** The app of a firm's people. Someone who opened an invitation decides on it first: they may belong to no firm yet. */
export function Workspace({ device }: { readonly device: DeviceHolder }) {
	const secret = usePendingInvitation();
	if (secret !== null) return <AcceptInvitation secret={secret} />;
	return (
		<DeviceHolderContext value={device}>
			<FirmWorkspace device={device} />
		</DeviceHolderContext>
	);
}

/** What a role may not use, it does not see. */
function FirmWorkspace({ device }: { readonly device: DeviceHolder }) {
	const { signOut } = useKit();
	const { viewer, error, loading, refetch } = useSignedIn(ViewerDocument);
	const counts = useCounts(viewer);
	const [person, firm] = [viewer?.id, viewer?.firm?.id];
	useEffect(() => {
		if (person !== undefined && firm !== undefined) device.identify({ person, firm });
	}, [device, person, firm]);
	if (!viewer) {
		return (
			<main className="alone">
				<h1>Firmseal</h1>
				{error && <ErrorNote error={error} onRetry={refetch} />}
				{loading && <p role="status">Opening your workspace …</p>}
				{!loading && !error && <p>Your account belongs to no firm. Open the link of your invitation.</p>}
				<div>
					<button type="button" onClick={signOut}>
						Sign out
					</button>
				</div>
			</main>
		);
	}
	const screens = SCREENS.filter(({ roles }) => viewer.role && roles.includes(viewer.role));
	return (
		<ViewerContext value={viewer}>
			<Frame
				name={viewer.firm?.name ?? 'Firmseal'}
				places={screens.map(({ path, name, nameForClient = name }) => ({
					path,
					name: viewer.role === 'CLIENT' ? nameForClient : name,
					count: counts[path] ?? 0,
				}))}
				person={viewer.name}
				detail={viewer.role ? showConstant(viewer.role) : ''}
				accountPath="/account"
				onSignOut={signOut}
			>
				<Switch>
					{screens.map(({ path, routes }) =>
						routes.map(({ at, show: Show }) => (
							<Route key={path + at} path={path + at}>
								{(params) => (hasIds(params) ? <Show {...params} /> : <Nothing />)}
							</Route>
						)),
					)}
					<Route path="/">
						<Redirect to={screens[0]?.path ?? '/'} replace />
					</Route>
					<Route>
						<Nothing />
					</Route>
				</Switch>
				<UnlockDialog />
			</Frame>
		</ViewerContext>
	);
}

const Nothing = () => (
	<Empty>
		<h1>There is nothing here</h1>
		<p>The address is wrong, or your role has no such screen.</p>
	</Empty>
);
