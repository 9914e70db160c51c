import { startApp } from '../kit/start-app.tsx';
import { watchInvitations } from './invitation/pending-invitation.ts';
import { Workspace } from './workspace.tsx';

watchInvitations();
void startApp({ path: '/', app: <Workspace /> });
