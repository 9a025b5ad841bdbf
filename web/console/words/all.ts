// all.ts – every word of the console: [English, French]. The build makes a file for each language of it (web/build.mjs).
import { access } from './access';
import { appUsage } from './app_usage';
import { apps } from './apps';
import { audit } from './audit';
import { charts } from './charts';
import { common } from './common';
import { deliveries } from './deliveries';
import { endpointPage } from './endpoint_page';
import { endpoints } from './endpoints';
import { frame } from './frame';
import { history } from './history';
import { me } from './me';
import { operator } from './operator';
import { overview } from './overview';
import { people } from './people';
import { records } from './records';
import { registration } from './registration';
import { versions } from './versions';
import { settings } from './settings';
import { transactions } from './transactions';

export const texts = {
  ...access,
  ...apps,
  ...appUsage,
  ...audit,
  ...charts,
  ...common,
  ...deliveries,
  ...endpointPage,
  ...endpoints,
  ...frame,
  ...history,
  ...me,
  ...operator,
  ...overview,
  ...people,
  ...records,
  ...registration,
  ...versions,
  ...settings,
  ...transactions,
};
