// login.js – what the sign-in page says and does. It owns the words in both languages, which view is shown, and the calls to
// /api/session, /api/password and the second factor. The session itself is a cookie this script cannot read; a password, a
// code, a link's token and a second factor's key live in fields and variables only, and only as long as their view.

import { encodeQR } from 'qr';

/* ---- words ---- */

const languages = ['en', 'fr'];
const texts = {
  account: ['Account', 'Compte'],
  accountLocked: [
    'This account is locked. Ask whoever runs this server.',
    'Ce compte est verrouillé. Adressez-vous à la personne qui gère ce serveur.',
  ],
  backToSignIn: ['Back to sign-in', 'Retour à la connexion'],
  busy: ['One moment…', 'Un instant…'],
  cancel: ['Cancel', 'Annuler'],
  chooseTitle: ['Choose a password', 'Choisissez un mot de passe'],
  code: ['Six-digit code', 'Code à six chiffres'],
  codeHint: ['Your authenticator app shows it.', 'Votre application d’authentification l’affiche.'],
  codeInvalid: ['Enter the six digits of the code.', 'Saisissez les six chiffres du code.'],
  codeTitle: ['Enter your code', 'Saisissez votre code'],
  codeWrong: [
    'This code was not accepted. Wait for the app to show the next one, then try again.',
    'Ce code n’a pas été accepté. Attendez que l’application affiche le suivant, puis réessayez.',
  ],
  confirmOffHint: [
    'Confirm with your password. From then on, it will be enough to sign in.',
    'Confirmez avec votre mot de passe. Il suffira ensuite pour vous connecter.',
  ],
  confirmOnHint: [
    'From then on, signing in will also ask for a code from an app on your phone. Confirm with your password first.',
    'La connexion demandera ensuite aussi un code, donné par une application de votre téléphone. Confirmez d’abord avec votre mot de passe.',
  ],
  credentialsWrong: ['The e-mail address or the password is wrong.', 'L’adresse courriel ou le mot de passe est incorrect.'],
  access: ['API access', 'Accès à l’API'],
  console: ['Event notifications', 'Notifications d’événements'],
  email: ['E-mail address', 'Adresse courriel'],
  emailInvalid: ['Enter an e-mail address, such as ann@example.com.', 'Saisissez une adresse courriel, par exemple anne@example.com.'],
  emailMissing: ['Enter your e-mail address.', 'Saisissez votre adresse courriel.'],
  factor: ['Second factor', 'Second facteur'],
  factorCode: ['Six-digit code from the app', 'Code à six chiffres de l’application'],
  factorHint: [
    'Scan this with an authenticator app, then enter the code it shows.',
    'Scannez ceci avec une application d’authentification, puis saisissez le code affiché.',
  ],
  factorIsOff: ['The second factor is off.', 'Le second facteur est désactivé.'],
  factorIsOn: ['The second factor is on.', 'Le second facteur est activé.'],
  factorKey: ['No camera? Give the app this key:', 'Pas d’appareil photo\u00a0? Donnez cette clé à l’application\u00a0:'],
  factorSetUp: ['Set up the second factor', 'Configurer le second facteur'],
  factorTitle: ['Connect your app', 'Reliez votre application'],
  factorTurnOff: ['Turn off the second factor', 'Désactiver le second facteur'],
  forgottenHint: [
    'Enter your e-mail address: we send you a link to choose a new one.',
    'Saisissez votre adresse courriel\u00a0: nous vous envoyons un lien pour en choisir un nouveau.',
  ],
  forgottenLink: ['Forgotten your password?', 'Mot de passe oublié\u00a0?'],
  forgottenTitle: ['Forgotten password', 'Mot de passe oublié'],
  goOn: ['Continue', 'Continuer'],
  hide: ['Hide', 'Masquer'],
  homeTitle: ['You are signed in', 'Vous êtes connecté(e)'],
  linkExpired: [
    'This link has expired or was already used. Ask for a new one below.',
    'Ce lien a expiré ou a déjà servi. Demandez-en un nouveau ci-dessous.',
  ],
  name: ['Name', 'Nom'],
  newLink: ['Ask for a new link', 'Demander un nouveau lien'],
  newPassword: ['New password', 'Nouveau mot de passe'],
  off: ['Off', 'Désactivé'],
  on: ['On', 'Activé'],
  password: ['Password', 'Mot de passe'],
  passwordEmpty: [
    '12 characters at least. A few unrelated words make a good one.',
    '12 caractères au moins. Quelques mots sans rapport entre eux conviennent bien.',
  ],
  passwordFair: ['Long enough. A few more would make it stronger.', 'Assez long. Quelques caractères de plus le renforceraient.'],
  passwordGood: ['A good length.', 'Bonne longueur.'],
  passwordGreat: ['An excellent length.', 'Excellente longueur.'],
  passwordMissing: ['Enter your password.', 'Saisissez votre mot de passe.'],
  passwordRefused: [
    'The password must have from 12 to 128 characters; accents and symbols count for more.',
    'Le mot de passe doit avoir de 12 à 128 caractères\u00a0; les accents et les symboles comptent davantage.',
  ],
  passwordSet: ['Your new password is set. Sign in with it.', 'Votre nouveau mot de passe est enregistré. Connectez-vous avec.'],
  passwordShort: ['12 characters at least: {count} so far.', '12 caractères au moins\u00a0: {count} pour l’instant.'],
  passwordTooLong: ['Too long: 128 characters at most.', 'Trop long\u00a0: 128 caractères au plus.'],
  passwordWrong: ['The password is wrong.', 'Le mot de passe est incorrect.'],
  qr: ['QR code to set up the second factor', 'Code QR pour configurer le second facteur'],
  revealed: ['password', 'le mot de passe'],
  sendLink: ['Send me a link', 'M’envoyer un lien'],
  sentText: [
    'If the address {email} is known, a mail with a link is on its way. Look among unwanted mail too.',
    'Si l’adresse {email} est connue, un message avec un lien est en route. Regardez aussi parmi les indésirables.',
  ],
  sentTitle: ['Look at your mail', 'Consultez votre messagerie'],
  sessionEnded: ['Your session has ended. Please sign in again.', 'Votre session a pris fin. Veuillez vous reconnecter.'],
  setPassword: ['Set the password', 'Enregistrer le mot de passe'],
  show: ['Show', 'Afficher'],
  signIn: ['Sign in', 'Se connecter'],
  signInTitle: ['Sign in', 'Connexion'],
  signOut: ['Sign out', 'Se déconnecter'],
  signOutEverywhere: ['Sign out everywhere', 'Se déconnecter partout'],
  signedOut: ['You are signed out.', 'Vous êtes déconnecté(e).'],
  signedOutEverywhere: ['You are signed out on every device.', 'Vous êtes déconnecté(e) sur tous vos appareils.'],
  startAgain: ['Use another account', 'Utiliser un autre compte'],
  tooMany: ['Too many attempts. Try again in {wait}.', 'Trop de tentatives. Réessayez dans {wait}.'],
  turnOn: ['Turn it on', 'Activer'],
  unexpected: ['Something went wrong ({status}). Please try again.', 'Un problème est survenu ({status}). Veuillez réessayer.'],
  unreachable: [
    'The server does not answer. Check your connection and try again.',
    'Le serveur ne répond pas. Vérifiez votre connexion et réessayez.',
  ],
};

const languageKept = 'greffier.language';
let language = chosenLanguage();

function chosenLanguage() {
  let kept = null;
  try {
    kept = localStorage.getItem(languageKept);
  } catch { /* a browser may forbid storage: the choice then lasts as long as the page */ }
  if (languages.includes(kept)) return kept;
  return navigator.language.toLowerCase().startsWith('fr') ? 'fr' : 'en';
}

function duration(seconds) {
  const [count, unit] = seconds < 100 ? [seconds, 'second'] : [Math.ceil(seconds / 60), 'minute'];
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(count);
}

function text(key, values = {}) {
  return texts[key][languages.indexOf(language)].replace(/\{(\w+)\}/g, (_, name) => (name === 'wait' ? duration(values.wait) : values[name]));
}

// What an element says is kept as a key, so that a change of language reaches what is already on the screen.
const valuesOf = new WeakMap();

function say(element, key, values) {
  if (key) element.dataset.text = key;
  else delete element.dataset.text;
  valuesOf.set(element, values);
  element.textContent = key ? text(key, values) : '';
}

function speak(chosen) {
  language = chosen;
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll('[data-text]')) say(element, element.dataset.text, valuesOf.get(element));
  for (const element of document.querySelectorAll('[data-label]')) element.setAttribute('aria-label', text(element.dataset.label));
  const other = language === 'fr' ? 'en' : 'fr';
  const button = at('language');
  button.lang = other;
  button.textContent = other === 'fr' ? 'Français' : 'English';
  entitle();
}

/* ---- the server ---- */

// {status, key, body, wait}; status 0 when there was no answer.
async function call(method, path, body) {
  try {
    const response = await fetch(path, {
      method,
      headers: body ? { 'content-type': 'application/json' } : {},
      body: body && JSON.stringify(body),
      cache: 'no-store',
      redirect: 'error',
      signal: AbortSignal.timeout(30000),
    });
    const answer = { status: response.status, wait: Number(response.headers.get('retry-after')) || 60 };
    if (!response.headers.get('content-type')?.startsWith('application/json')) return answer;
    answer.body = await response.json();
    answer.key = answer.body?.messageKey;
    return answer;
  } catch {
    return { status: 0 };
  }
}

const wrongCredentials = (answer) => answer.key === 'error.unauthorised.invalidCredentials';

/* ---- theme ---- */

/** Light or dark, where the console was told so: the rules for the dark then hold always or never. */
function wearTheme() {
  let kept = null;
  try {
    kept = localStorage.getItem('greffier.theme');
  } catch { /* see chosenLanguage */ }
  const media = { light: 'not all', dark: 'all' }[kept];
  if (!media) return;
  const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]);
  for (const rule of rules) if (/prefers-color-scheme:\s*dark/.test(rule.conditionText)) rule.media.mediaText = media;
  document.documentElement.style.colorScheme = kept;
}

/* ---- views ---- */

const at = (id) => document.getElementById(id);
const sections = [...document.querySelectorAll('main > section')];
let view = 'loading';
let session = null;
let linkToken = null;
let turningOn = true; // what the view `confirm` confirms

function entitle() {
  const heading = at(`${view}-title`);
  document.title = heading ? `${heading.textContent} – Greffier` : 'Greffier';
}

function forgetSecrets() {
  for (const input of document.querySelectorAll('input:not([type="email"])')) input.value = '';
  for (const button of document.querySelectorAll('.reveal')) reveal(button, false);
  at('qr').replaceChildren();
  at('key').replaceChildren();
  rate();
}

function clearMessages() {
  for (const place of document.querySelectorAll('.message[id], .error')) say(place, null);
  for (const input of document.querySelectorAll('[aria-invalid]')) input.removeAttribute('aria-invalid');
}

function show(name, notice) {
  if (name !== 'code') forgetSecrets(); // the code goes with the password of the view before
  if (name !== 'choose') linkToken = null;
  clearMessages();
  view = name;
  for (const section of sections) section.hidden = section.id !== name;
  entitle();
  if (notice) say(at('notice'), notice);
  const inputs = [...at(name).querySelectorAll('input:not([hidden])')];
  (inputs.find((input) => !input.value) ?? inputs[0] ?? at(`${name}-title`))?.focus();
  scrollTo(0, 0);
}

/** The page of the console that somebody came from, and nothing else: a link must not send people anywhere. */
function wayBack() {
  try {
    const { origin, pathname, search } = new URL(new URLSearchParams(location.search).get('to') ?? '', location.origin);
    return origin === location.origin && /^\/admin(\/|$)/.test(pathname) ? pathname + search : null;
  } catch {
    return null;
  }
}

function welcome() {
  const back = wayBack();
  if (back) return location.replace(back);
  return showHome();
}

function showHome(notice) {
  const { user, account } = session;
  const may = (permission) => session.owner || session.permissions?.includes(permission);
  at('home-console').hidden = !may('sender_admin.event_notifications');
  at('home-access').hidden = !may('sender_admin.api_access');
  at('home-name').textContent = user.name;
  at('home-name').parentElement.hidden = !user.name?.trim();
  at('home-email').textContent = at('confirm-email').value = user.email;
  at('home-account').textContent = account?.name;
  at('home-account').parentElement.hidden = !account?.name;
  say(at('home-factor'), session.secondFactor ? 'on' : 'off');
  say(at('factor-change'), session.secondFactor ? 'factorTurnOff' : 'factorSetUp');
  show('home', notice);
}

function showSignedOut(notice) {
  session = null;
  for (const id of ['email', 'forgotten-email', 'confirm-email']) at(id).value = '';
  for (const id of ['home-name', 'home-email', 'home-account']) at(id).textContent = '';
  show('signin', notice);
}

function showConfirm() {
  turningOn = !session.secondFactor;
  say(at('confirm-title'), turningOn ? 'factorSetUp' : 'factorTurnOff');
  say(at('confirm-hint'), turningOn ? 'confirmOnHint' : 'confirmOffHint');
  say(at('confirm-submit'), turningOn ? 'goOn' : 'factorTurnOff');
  show('confirm');
}

function showFactor({ secret, uri }) {
  show('factor');
  // Groups of four are easier to type; the gaps are style, so that what is copied has none.
  at('key').replaceChildren(...secret.match(/.{1,4}/g).map((group) => Object.assign(document.createElement('span'), { textContent: group })));
  at('qr').append(qrPicture(uri));
}

function go(name) {
  if (name === 'home') return showHome();
  const from = { signin: 'forgotten-email', forgotten: 'email' }[name];
  const to = { signin: 'email', forgotten: 'forgotten-email' }[name];
  if (view === 'code') at('email').value = '';
  else if (at(from).value) at(to).value = at(from).value.trim();
  return show(name);
}

/* ---- forms ---- */

function mark(input, key, values) {
  input.setAttribute('aria-invalid', 'true');
  if (key) say(at(`${input.id}-error`), key, values);
}

/** Refuses what is in one field. */
function refuse(input, key, values) {
  mark(input, key, values);
  input.focus();
  input.select();
}

/** Says what an answer means that no view has words of its own for. */
function complain(answer) {
  if (answer.status === 401 && session) return showSignedOut('sessionEnded');
  if (answer.key === 'error.forbidden.accountLocked') return say(at('failure'), 'accountLocked');
  if (answer.status === 429) return say(at('failure'), 'tooMany', { wait: answer.wait });
  if (answer.status === 0) return say(at('failure'), 'unreachable');
  return say(at('failure'), 'unexpected', { status: answer.status });
}

const digitsOf = (input) => input.value.replace(/\s/g, '');

function problemWith(input) {
  if (input.type === 'email') return input.validity.valueMissing ? 'emailMissing' : input.validity.typeMismatch && 'emailInvalid';
  if (input.name === 'code') return !/^\d{6}$/.test(digitsOf(input)) && 'codeInvalid';
  if (input.id === 'new-password') return rating(input.value).refused;
  return !input.value && 'passwordMissing';
}

function isComplete(form) {
  const wrong = [...form.querySelectorAll('input:not([hidden])')].filter((input) => {
    const problem = problemWith(input);
    if (problem) mark(input, problem, { count: [...input.value].length });
    return problem;
  });
  wrong[0]?.focus();
  return wrong.length === 0;
}

let isBusy = false;

/** One thing at a time. The button keeps the focus: `disabled` would drop it. */
async function during(button, work) {
  if (isBusy) return;
  isBusy = true;
  const { text: label } = button.dataset;
  button.setAttribute('aria-disabled', 'true');
  say(button, 'busy');
  try {
    await work();
  } finally {
    isBusy = false;
    button.removeAttribute('aria-disabled');
    if (button.dataset.text === 'busy') say(button, label);
  }
}

function reveal(button, isShown) {
  at(button.getAttribute('aria-controls')).type = isShown ? 'text' : 'password';
  say(button.firstElementChild, isShown ? 'hide' : 'show');
}

// The server counts characters for the minimum and bytes of UTF-8 for the maximum.
function rating(password) {
  const count = [...password].length;
  if (new TextEncoder().encode(password).length > 128) return { level: 1, key: 'passwordTooLong', refused: 'passwordTooLong' };
  if (count === 0) return { level: 0, key: 'passwordEmpty', refused: 'passwordShort' };
  if (count < 12) return { level: 1, key: 'passwordShort', refused: 'passwordShort' };
  if (count < 16) return { level: 2, key: 'passwordFair' };
  return count < 20 ? { level: 3, key: 'passwordGood' } : { level: 4, key: 'passwordGreat' };
}

function rate() {
  const { value } = at('new-password');
  const { level, key } = rating(value);
  say(at('strength'), key, { count: [...value].length });
  at('strength-bar').dataset.level = level;
  // Spoken when it changes for the better or worse, not at each key.
  const spoken = level < 2 && key !== 'passwordTooLong' ? null : key;
  if ((at('strength-spoken').dataset.text ?? null) !== spoken) say(at('strength-spoken'), spoken);
}

/* ---- actions ---- */

async function signIn() {
  const body = { email: at('email').value.trim(), password: at('password').value };
  if (view === 'code') body.code = digitsOf(at('signin-code'));
  const answer = await call('POST', '/api/session', body);
  if (answer.status === 200) {
    session = answer.body;
    return welcome();
  }
  if (answer.key === 'error.unauthorised.secondFactorRequired') return show('code');
  if (!wrongCredentials(answer)) return complain(answer);
  if (view === 'code') return refuse(at('signin-code'), 'codeWrong');
  // Which of the two is wrong is for nobody to know.
  say(at('failure'), 'credentialsWrong');
  mark(at('email'));
  return refuse(at('password'));
}

async function askForLink() {
  const email = at('forgotten-email').value.trim();
  const answer = await call('POST', '/api/password/forgotten', { email });
  if (answer.status !== 200) return complain(answer);
  say(at('sent-text'), 'sentText', { email });
  return show('sent');
}

async function choosePassword() {
  const answer = await call('POST', '/api/password', { token: linkToken, password: at('new-password').value });
  if (answer.status === 200) return showSignedOut('passwordSet');
  if (wrongCredentials(answer)) return say(at('failure'), 'linkExpired');
  if (answer.key === 'error.validation.invalidField') return refuse(at('new-password'), 'passwordRefused');
  return complain(answer);
}

async function signOut(path, notice) {
  const answer = await call('DELETE', path);
  // A session that has ended already is as good.
  if (answer.status === 200 || answer.status === 204 || answer.status === 401) return showSignedOut(notice);
  return complain(answer);
}

const factorPath = '/api/account/authentication/secondFactor';

/** It was turned on or off in another window meanwhile. */
async function lookAgain() {
  const answer = await call('GET', '/api/session');
  if (answer.status !== 200) return complain(answer);
  session = answer.body;
  return showHome(session.secondFactor ? 'factorIsOn' : 'factorIsOff');
}

async function confirmPassword() {
  const answer = await call(turningOn ? 'POST' : 'DELETE', factorPath, { password: at('confirm-password').value });
  if (wrongCredentials(answer)) return refuse(at('confirm-password'), 'passwordWrong');
  if (answer.status === 409) return lookAgain();
  if (answer.status !== 200) return complain(answer);
  if (turningOn) return showFactor(answer.body);
  session.secondFactor = false;
  return showHome('factorIsOff');
}

async function turnFactorOn() {
  const answer = await call('PUT', factorPath, { code: digitsOf(at('factor-code')) });
  if (answer.status === 400 || wrongCredentials(answer)) return refuse(at('factor-code'), 'codeWrong');
  if (answer.status === 409) return lookAgain();
  if (answer.status !== 200) return complain(answer);
  session.secondFactor = true;
  return showHome('factorIsOn');
}

/* ---- QR code ---- */

function qrPicture(content) {
  const rows = encodeQR(content, 'raw', { ecc: 'low', border: 4 });
  const make = (name, attributes) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
    return element;
  };
  const picture = make('svg', { viewBox: `0 0 ${rows.length} ${rows.length}`, role: 'img', 'aria-label': text('qr'), 'data-label': 'qr', 'shape-rendering': 'crispEdges' });
  const dark = rows.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : '')));
  picture.append(make('path', { d: dark.join(''), fill: '#000' }));
  return picture;
}

/* ---- start ---- */

/** The token of a mail's link stands behind the #, which no server sees; nor shall the history or somebody's glance. */
function takeToken() {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token) history.replaceState(null, '', location.pathname + location.search);
  return token;
}

async function start() {
  const token = takeToken();
  if (token) {
    session = null;
    show('choose');
    linkToken = token;
    return;
  }
  const answer = await call('GET', '/api/visitor');
  if (view !== 'loading') return; // a link was opened meanwhile
  session = answer.status === 200 && answer.body?.session?.user ? answer.body.session : null;
  if (session) return welcome();
  show('signin');
  if (answer.status !== 200 && answer.status !== 401) complain(answer);
}

for (const button of document.querySelectorAll('.reveal')) {
  for (const [key, className] of [['show', ''], ['revealed', 'unseen']]) {
    const span = Object.assign(document.createElement('span'), { className });
    button.append(span, ' ');
    say(span, key);
  }
  button.addEventListener('click', () => reveal(button, at(button.getAttribute('aria-controls')).type === 'password'));
}

const submissions = { signin: signIn, code: signIn, forgotten: askForLink, choose: choosePassword, confirm: confirmPassword, factor: turnFactorOn };
for (const [name, work] of Object.entries(submissions)) {
  const form = at(name).querySelector('form');
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (isBusy) return;
    clearMessages();
    // A browser offers to keep what stood in a password field, and keeps it among words otherwise.
    for (const button of form.querySelectorAll('.reveal')) reveal(button, false);
    if (isComplete(form)) during(form.querySelector('[type="submit"]'), work);
  });
}

for (const button of document.querySelectorAll('[data-go]')) button.addEventListener('click', () => isBusy || go(button.dataset.go));

at('new-password').addEventListener('input', rate);
at('factor-change').addEventListener('click', () => isBusy || showConfirm());
at('sign-out').addEventListener('click', ({ currentTarget }) => during(currentTarget, () => signOut('/api/session', 'signedOut')));
at('sign-out-everywhere').addEventListener('click', ({ currentTarget }) => during(currentTarget, () => signOut('/api/sessions', 'signedOutEverywhere')));
at('language').addEventListener('click', ({ currentTarget }) => {
  speak(currentTarget.lang);
  try {
    localStorage.setItem(languageKept, language);
  } catch { /* see chosenLanguage */ }
});

addEventListener('hashchange', () => location.hash && start());
addEventListener('pagehide', forgetSecrets);
// A page that the browser kept may show somebody who has signed out since.
addEventListener('pageshow', (event) => {
  if (!event.persisted) return;
  show('loading');
  start();
});

wearTheme();
speak(language);
rate();
start();
