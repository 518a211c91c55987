// Playwright's loader tells Chromium to use no keyring; a test of one takes that back. Loaded by Electron before the app.
const { app } = require("electron");
app.commandLine.removeSwitch("password-store");
app.commandLine.appendSwitch("password-store", "gnome-libsecret");
