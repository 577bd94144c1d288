"""Make the archive that goes to an office on a USB stick: ``make bundle``. Runs where there is a
package index, a browser to print the manual, and the repository; `deploy.installer` opens it."""
