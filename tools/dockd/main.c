/* custody-dockd: watches docking stations' folders and deposits what arrives there. */
#include <syslog.h>

#include "fs/store/base/fileio.h"
#include "fs/store/base/i18n.h"
#include "tools/dockd/config.h"
#include "tools/dockd/daemon.h"
#include "tools/dockd/log.h"
#include "tools/dockd/report.h"
#include "tools/text/render.h"
#include "tools/text/status.h"

int main(int argc, char **argv)
{
	struct config config;
	struct log log;
	int status;
	if (fileio_standard() != 0)
		return EXIT_FAILURE;
	i18n_init();
	status = config_read(&config, argc, argv);
	if (status == 0 && config.help)
		config_usage();
	else if (status == 0 && config.version)
		render_line(stdout, "custody-dockd %s", CUSTODYFS_VERSION);
	else if (status == 0 && config.status)
		status = report_print(&config);
	else if (status == 0) {
		log_begin(&log, config.verbose);
		status = daemon_run(&config, &log);
	}
	config_free(&config);
	if (fflush(stdout) != 0 || ferror(stdout) != 0)
		status = STATUS_UNREACHABLE;
	return status;
}
