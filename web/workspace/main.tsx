import { startApp } from '../kit/start-app.tsx';
import { DeviceHolder } from './device/device-holder.ts';
import { watchInvitations } from './invitation/pending-invitation.ts';
import { Workspace } from './workspace.tsx';

watchInvitations();
const device = new DeviceHolder();
void startApp({ path: '/', deviceLink: (parts) => device.link(parts), app: <Workspace device={device} /> });
