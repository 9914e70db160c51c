import { startApp } from '../kit/start-app.tsx';
import { Workspace } from './workspace.tsx';

void startApp({ path: '/', app: <Workspace /> });
